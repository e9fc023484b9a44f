import { chooseLanguage } from '@/app/shell-actions';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { LinkButton } from '@/components/ui/link-button';
import { requireEmailLink } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { confirmAddress } from './actions';

export async function generateMetadata() {
  const { change } = await requireEmailLink();
  const t = await getTranslations('confirmEmail');
  return { title: t(change ? 'title' : 'deadTitle') };
}

export default async function ConfirmEmailPage() {
  const { tenant, change, as } = await requireEmailLink();
  const t = await getTranslations('confirmEmail');
  const frame = { tenantName: tenant.name, languageAction: chooseLanguage };
  if (!change) {
    return (
      <SignedOutFrame {...frame} title={t('deadTitle')} lead={t('dead')}>
        <LinkButton href="/settings/profile" tone="primary" full>
          {t('openSettings')}
        </LinkButton>
      </SignedOutFrame>
    );
  }
  return (
    <SignedOutFrame {...frame} title={t('title')} lead={t('lead', { email: change.email })}>
      <ActionForm action={confirmAddress} hidden={{ as }}>
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
    </SignedOutFrame>
  );
}
