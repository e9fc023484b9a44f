import { getTranslations } from 'next-intl/server';
import { chooseLanguage } from '@/app/shell-actions';
import { ActionForm } from '@/components/forms/action-form';
import { CodeField } from '@/components/forms/code-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { requireAttempt } from '@/lib/request/current';
import { submitCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('code');
  return { title: t('title') };
}

export default async function CodePage() {
  const { tenant, attempt } = await requireAttempt('code');
  const t = await getTranslations('code');
  return (
    <SignedOutFrame
      tenantName={tenant.name}
      title={t('title')}
      lead={t('hello', { firstName: attempt.firstName })}
      languageAction={chooseLanguage}
      footer={
        <a className="link" href="/sign-in">
          {t('startOver')}
        </a>
      }
    >
      <ActionForm action={submitCode}>
        <CodeField name="code" label={t('code')} hint={t('hint')} autoFocus />
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
    </SignedOutFrame>
  );
}
