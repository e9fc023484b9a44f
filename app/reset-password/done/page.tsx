import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { LinkButton } from '@/components/ui/link-button';
import { anyone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

export async function generateMetadata() {
  const t = await getTranslations('reset');
  return { title: t('doneTitle') };
}

export default async function ResetDonePage() {
  const { tenant } = await anyone();
  const t = await getTranslations('reset');
  return (
    <SignedOutFrame tenantName={tenant.name} title={t('doneTitle')} lead={t('done')} languageAction={chooseLanguage}>
      <LinkButton href="/sign-in" tone="primary" full>
        {t('signIn')}
      </LinkButton>
    </SignedOutFrame>
  );
}
