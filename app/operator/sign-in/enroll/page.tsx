import { EnrollmentForm } from '@/app/_parts/second-factor/enrollment-form';
import { OperatorSignInLayout } from '@/app/operator/sign-in-layout';
import { requireOperatorAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { submitFirstOperatorCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('enroll');
  return { title: t('title') };
}

export default async function OperatorEnrollPage() {
  const { attempt } = await requireOperatorAttempt('enroll');
  const [t, own] = await Promise.all([getTranslations('enroll'), getTranslations('operatorDoor')]);
  return (
    <OperatorSignInLayout title={t('title')} lead={t('hello', { firstName: attempt.firstName })} startOver>
      <EnrollmentForm
        action={submitFirstOperatorCode}
        as={attempt.id}
        secret={attempt.secret ?? ''}
        issuer={own('console')}
        label={attempt.username}
      />
    </OperatorSignInLayout>
  );
}
