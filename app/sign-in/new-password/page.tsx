import { getTranslations } from 'next-intl/server';
import { chooseLanguage } from '@/app/shell-actions';
import { ActionForm } from '@/components/forms/action-form';
import { NewPasswordField } from '@/components/forms/new-password-field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { requireAttempt } from '@/lib/request/current';
import { submitNewPassword } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('newPassword');
  return { title: t('title') };
}

export default async function NewPasswordPage() {
  const { tenant, policy, attempt } = await requireAttempt('new-password');
  const t = await getTranslations('newPassword');
  return (
    <SignedOutFrame
      tenantName={tenant.name}
      title={t('title')}
      lead={t('hello', { firstName: attempt.firstName })}
      languageAction={chooseLanguage}
      footer={<p className="muted">{t('once')}</p>}
    >
      <ActionForm action={submitNewPassword}>
        <NewPasswordField
          name="password"
          label={t('password')}
          hint={t('rule', { count: policy.passwordMinLength })}
          minLength={policy.passwordMinLength}
          context={[tenant.accountId, tenant.name, attempt.firstName]}
          required
          autoFocus
        />
        <PasswordField name="repeat" label={t('repeat')} autoComplete="new-password" required />
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
    </SignedOutFrame>
  );
}
