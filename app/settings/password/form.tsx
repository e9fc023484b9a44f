import { getTranslations } from 'next-intl/server';
import type { Visit } from '@/app/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { NewPasswordField } from '@/components/forms/new-password-field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { WhosePassword } from '@/components/forms/whose-password';
import { changeOwnPassword } from './actions';

export async function PasswordForm({ visit: { tenant, user, policy } }: { visit: Visit }) {
  const t = await getTranslations('password');
  return (
    <ActionForm action={changeOwnPassword} hidden={{ as: user.id }}>
      <WhosePassword username={user.username} />
      <PasswordField name="current" label={t('current')} autoComplete="current-password" required />
      <NewPasswordField
        name="password"
        label={t('new')}
        hint={t('newHint', { min: policy.passwordMinLength })}
        minLength={policy.passwordMinLength}
        context={[user.username, user.firstName, user.lastName, tenant.accountId, tenant.name]}
        required
      />
      <PasswordField name="repeat" label={t('repeat')} autoComplete="new-password" required />
      <SubmitButton pending={t('changing')}>{t('change')}</SubmitButton>
    </ActionForm>
  );
}
