import { getTranslations } from 'next-intl/server';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { NewPasswordField } from '@/components/forms/new-password-field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { choosePassword, typeSlip } from './actions';

export async function ChoosePasswordForm({ minLength, context }: { minLength: number; context: string[] }) {
  const t = await getTranslations('welcome');
  return (
    <ActionForm action={choosePassword}>
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

export async function SlipForm() {
  const t = await getTranslations('welcome');
  return (
    <ActionForm action={typeSlip}>
      <Field name="slip" label={t('code')} hint={t('codeHint')} autoComplete="off" maxLength={60} required autoFocus />
      <SubmitButton pending={t('opening')} full>
        {t('open')}
      </SubmitButton>
    </ActionForm>
  );
}
