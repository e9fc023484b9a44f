import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { Alert } from '@/components/ui/alert';
import { LinkButton } from '@/components/ui/link-button';
import { anyone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

export async function generateMetadata() {
  const t = await getTranslations('forgot');
  return { title: t('submittedTitle') };
}

/** The same page for known and unknown identifiers. */
export default async function SubmittedPage() {
  const { tenant } = await anyone();
  const t = await getTranslations('forgot');
  return (
    <SignedOutFrame tenantName={tenant.name} title={t('submittedTitle')} languageAction={chooseLanguage}>
      <div className="stack">
        <Alert tone="success">{t('submitted')}</Alert>
        <p>{t('mail')}</p>
        <p className="muted text-sm">
          {t('nothing')}{' '}
          <a className="link" href="/forgot-password">
            {t('again')}
          </a>
        </p>
        <LinkButton href="/sign-in" full>
          {t('back')}
        </LinkButton>
      </div>
    </SignedOutFrame>
  );
}
