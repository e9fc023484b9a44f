import { requireAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { EnrollmentForm } from '../../_parts/second-factor/enrollment-form';
import { StepFrame } from '../step-frame';
import { submitFirstCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('enroll');
  return { title: t('title') };
}

export default async function EnrollPage() {
  const { tenant, attempt } = await requireAttempt('enroll');
  const t = await getTranslations('enroll');
  return (
    <StepFrame tenantName={tenant.name} title={t('title')} lead={t('hello', { firstName: attempt.firstName })}>
      <EnrollmentForm
        action={submitFirstCode}
        as={attempt.id}
        secret={attempt.secret ?? ''}
        issuer={tenant.name}
        label={attempt.username}
      />
    </StepFrame>
  );
}
