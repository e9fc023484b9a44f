import type { OperatorVisit } from '@/app/operator/frame';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { TemporaryPassword } from '@/components/forms/temporary-password';
import { getTranslations } from '@/lib/request/translations';
import { addOperator } from './actions';

export async function NewOperatorForm({ visit: { operator } }: { visit: OperatorVisit }) {
  const t = await getTranslations('operators');
  return (
    <ActionForm
      action={addOperator}
      hidden={{ as: operator.id }}
      done={<TemporaryPassword label={t('temporaryPassword')} copy={t('copy')} copied={t('copied')} />}
    >
      <Field name="firstName" label={t('firstName')} maxLength={60} autoComplete="off" required />
      <Field name="lastName" label={t('lastName')} maxLength={60} autoComplete="off" required />
      <Field
        name="username"
        label={t('username')}
        hint={t('usernameHint')}
        maxLength={64}
        autoComplete="off"
        required
      />
      <PasswordField name="password" label={t('yourPassword')} autoComplete="current-password" required />
      <SubmitButton pending={t('adding')}>{t('add')}</SubmitButton>
    </ActionForm>
  );
}
