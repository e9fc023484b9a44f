import { getTranslations } from 'next-intl/server';
import { OperatorDoor } from '@/app/operator/door';
import { ActionForm } from '@/components/forms/action-form';
import { NewPasswordField } from '@/components/forms/new-password-field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { OPERATOR_LIMITS } from '@/lib/operators/limits';
import { requireOperatorAttempt } from '@/lib/request/current';
import { submitOwnPassword } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('newPassword');
  return { title: t('title') };
}

export default async function OperatorNewPasswordPage() {
  const { attempt } = await requireOperatorAttempt('new-password');
  const t = await getTranslations('newPassword');
  const { passwordMinLength } = OPERATOR_LIMITS;
  return (
    <OperatorDoor title={t('title')} lead={t('hello', { firstName: attempt.firstName })}>
      <ActionForm action={submitOwnPassword}>
        <NewPasswordField
          name="password"
          label={t('password')}
          hint={t('rule', { count: passwordMinLength })}
          minLength={passwordMinLength}
          context={[attempt.username, attempt.firstName, attempt.lastName]}
          required
          autoFocus
        />
        <PasswordField name="repeat" label={t('repeat')} autoComplete="new-password" required />
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
      <p className="muted text-sm mt-4">{t('once')}</p>
    </OperatorDoor>
  );
}
