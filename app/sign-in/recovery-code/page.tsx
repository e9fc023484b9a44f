import { getTranslations } from 'next-intl/server';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { requireAttempt } from '@/lib/request/current';
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
      <ActionForm action={submitRecoveryCode}>
        <Field name="code" label={t('code')} hint={t('hint')} autoComplete="off" maxLength={64} required autoFocus />
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
      <div className="stack-tight text-sm mt-4">
        <p>
          <a className="link" href="/sign-in/code">
            {t('useApp')}
          </a>
        </p>
        <p className="muted">{t('noneLeft')}</p>
      </div>
    </StepFrame>
  );
}
