import { NewPasswordForm } from '@/app/_parts/new-password-form';
import { OperatorSignInLayout } from '@/app/operator/sign-in-layout';
import { OPERATOR_LIMITS } from '@/lib/operators/limits';
import { requireOperatorAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
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
    <OperatorSignInLayout title={t('title')} lead={t('hello', { firstName: attempt.firstName })}>
      <NewPasswordForm
        action={submitOwnPassword}
        as={attempt.id}
        minLength={passwordMinLength}
        context={[attempt.username, attempt.firstName, attempt.lastName]}
        goesOn
      />
      <p className="muted text-sm mt-4">{t('once')}</p>
    </OperatorSignInLayout>
  );
}
