import { getTranslations } from 'next-intl/server';
import { Icon } from '@/components/ui/icon';
import type { ServerForm } from './types';

export async function SignOutForm({ action, wide }: { action: ServerForm; wide?: boolean }) {
  const t = await getTranslations('shell');
  const words = t('signOut');
  return (
    <form action={action}>
      <button
        type="submit"
        className={wide ? 'menu-item' : 'icon-button'}
        aria-label={wide ? undefined : words}
        title={wide ? undefined : words}
      >
        <Icon name="sign-out" />
        {wide ? words : null}
      </button>
    </form>
  );
}
