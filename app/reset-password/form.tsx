import { getTranslations } from 'next-intl/server';
import { ActionForm } from '@/components/forms/action-form';
import { NewPasswordField } from '@/components/forms/new-password-field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { resetPassword, sendTemporaryPassword } from './actions';

export async function NewPasswordForm({ minLength, context }: { minLength: number; context: string[] }) {
  const t = await getTranslations('reset');
  return (
    <ActionForm action={resetPassword}>
      <NewPasswordField
        name="password"
        label={t('password')}
        hint={t('rule', { count: minLength })}
        minLength={minLength}
        context={context}
        required
        autoFocus
      />
      <PasswordField name="repeat" label={t('repeat')} autoComplete="new-password" required />
      <SubmitButton pending={t('submitting')} full>
        {t('submit')}
      </SubmitButton>
    </ActionForm>
  );
}

export async function TemporaryPasswordForm() {
  const t = await getTranslations('reset');
  return (
    <ActionForm action={sendTemporaryPassword}>
      <SubmitButton pending={t('temporarySubmitting')} full>
        {t('temporarySubmit')}
      </SubmitButton>
    </ActionForm>
  );
}
