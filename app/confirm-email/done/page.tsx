import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { LinkButton } from '@/components/ui/link-button';
import { anyone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

export async function generateMetadata() {
  const t = await getTranslations('confirmEmail');
  return { title: t('doneTitle') };
}

export default async function EmailConfirmedPage() {
  const { tenant } = await anyone();
  const t = await getTranslations('confirmEmail');
  return (
    <SignedOutFrame tenantName={tenant.name} title={t('doneTitle')} lead={t('done')} languageAction={chooseLanguage}>
      <LinkButton href="/home" tone="primary" full>
        {t('goOn')}
      </LinkButton>
    </SignedOutFrame>
  );
}
