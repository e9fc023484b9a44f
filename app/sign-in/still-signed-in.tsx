import { signOut } from '@/app/shell-actions';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import type { anyone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import type { WhyHere } from './words';

type Viewer = NonNullable<Awaited<ReturnType<typeof anyone>>['viewer']>;

/**
 * Shown when a provider named another user, or failed, while a session is open: that session stays.
 */
export async function StillSignedIn({ why, user }: { why: WhyHere; user: Viewer['user'] }) {
  const t = await getTranslations('signIn');
  return (
    <div className="stack">
      <Alert tone={why.tone}>{why.text}</Alert>
      <p>{t('stillSignedIn', { name: `${user.firstName} ${user.lastName}` })}</p>
      <form action={signOut}>
        <Button type="submit" full>
          {t('signOut')}
        </Button>
      </form>
      <LinkButton href="/home" tone="primary" full>
        {t('goOn')}
      </LinkButton>
    </div>
  );
}
