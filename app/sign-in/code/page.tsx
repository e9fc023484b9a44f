import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { CodeField } from '@/components/forms/code-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { LIFETIMES } from '@/lib/lifetimes';
import { requireAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { mayRemember } from '@/lib/sign-in/next-step';
import { inDays } from '@/lib/time';

import { StepFrame } from '../step-frame';
import { submitCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('code');
  return { title: t('title') };
}

export default async function CodePage() {
  const { tenant, policy, attempt } = await requireAttempt('code');
  const t = await getTranslations('code');
  // A code does not submit itself where the user may still choose to be remembered.
  const offersMemory = !attempt.newPasswordRequired && mayRemember(policy, attempt.provider);
  return (
    <StepFrame tenantName={tenant.name} title={t('title')} lead={t('hello', { firstName: attempt.firstName })}>
      <ActionForm action={submitCode} hidden={{ as: attempt.id }}>
        <CodeField name="code" label={t('code')} hint={t('hint')} autoFocus autoSubmit={!offersMemory} />
        {offersMemory ? (
          <CheckboxField
            name="remember"
            label={t('remember', { days: inDays(LIFETIMES.rememberedDevice) })}
            hint={t('rememberHint')}
          />
        ) : null}
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
      <p className="muted text-sm mt-4">
        {t('noPhone')}{' '}
        <a className="link" href="/sign-in/recovery-code">
          {t('useRecovery')}
        </a>
      </p>
    </StepFrame>
  );
}
