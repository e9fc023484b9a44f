import { requireAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { RecoveryCodeForm } from '../../_parts/second-factor/recovery-code-form';
import { StepFrame } from '../step-frame';
import { submitRecoveryCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('recoveryCode');
  return { title: t('title') };
}

export default async function RecoveryCodePage() {
  const { tenant, attempt } = await requireAttempt('code');
  const t = await getTranslations('recoveryCode');
  return (
    <StepFrame tenantName={tenant.name} title={t('title')} lead={t('hello', { firstName: attempt.firstName })}>
      <RecoveryCodeForm action={submitRecoveryCode} as={attempt.id} codeHref="/sign-in/code" noneLeft={t('noneLeft')} />
    </StepFrame>
  );
}
