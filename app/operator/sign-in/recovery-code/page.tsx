import { RecoveryCodeForm } from '@/app/_parts/second-factor/recovery-code-form';
import { OperatorSignInLayout } from '@/app/operator/sign-in-layout';
import { requireOperatorAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { submitOperatorRecoveryCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('recoveryCode');
  return { title: t('title') };
}

export default async function OperatorRecoveryCodePage() {
  const { attempt } = await requireOperatorAttempt('code');
  const [t, own] = await Promise.all([getTranslations('recoveryCode'), getTranslations('operatorDoor')]);
  return (
    <OperatorSignInLayout title={t('title')} lead={t('hello', { firstName: attempt.firstName })} startOver>
      <RecoveryCodeForm
        action={submitOperatorRecoveryCode}
        as={attempt.id}
        codeHref="/operator/sign-in/code"
        noneLeft={own('noneLeft')}
      />
    </OperatorSignInLayout>
  );
}
