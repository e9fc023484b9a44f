import { OperatorSignInLayout } from '@/app/operator/sign-in-layout';
import { ActionForm } from '@/components/forms/action-form';
import { CodeField } from '@/components/forms/code-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { requireOperatorAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { submitOperatorCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('code');
  return { title: t('title') };
}

export default async function OperatorCodePage() {
  const { attempt } = await requireOperatorAttempt('code');
  const t = await getTranslations('code');
  return (
    <OperatorSignInLayout title={t('title')} lead={t('hello', { firstName: attempt.firstName })} startOver>
      <ActionForm action={submitOperatorCode} hidden={{ as: attempt.id }}>
        <CodeField name="code" label={t('code')} hint={t('hint')} autoFocus />
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
      <p className="muted text-sm mt-4">
        {t('noPhone')}{' '}
        <a className="link" href="/operator/sign-in/recovery-code">
          {t('useRecovery')}
        </a>
      </p>
    </OperatorSignInLayout>
  );
}
