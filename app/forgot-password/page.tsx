import { chooseLanguage } from '@/app/shell-actions';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { anyone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { requestPasswordReset } from './actions';

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('forgot');
  return { title: t('title') };
}

export default async function ForgotPasswordPage() {
  const { tenant } = await anyone();
  const t = await getTranslations('forgot');
  return (
    <SignedOutFrame
      tenantName={tenant.name}
      title={t('title')}
      lead={t('lead')}
      languageAction={chooseLanguage}
      footer={
        <a className="link" href="/sign-in">
          {t('back')}
        </a>
      }
    >
      <ActionForm action={requestPasswordReset}>
        <Field name="accountId" label={t('accountId')} defaultValue={tenant.accountId} autoComplete="off" readOnly />
        <Field
          name="username"
          label={t('username')}
          hint={t('usernameHint')}
          autoComplete="username"
          maxLength={320}
          required
          autoFocus
        />
        <p className="muted text-sm">{t('noEmail')}</p>
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
    </SignedOutFrame>
  );
}
