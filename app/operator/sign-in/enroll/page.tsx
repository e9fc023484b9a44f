import { getTranslations } from 'next-intl/server';
import { OperatorDoor } from '@/app/operator/door';
import { ActionForm } from '@/components/forms/action-form';
import { CodeField } from '@/components/forms/code-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { ManualKey } from '@/components/ui/manual-key';
import { Qr } from '@/components/ui/qr';
import { totpAddress } from '@/lib/credentials/totp';
import { requireOperatorAttempt } from '@/lib/request/current';
import { submitFirstOperatorCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('enroll');
  return { title: t('title') };
}

export default async function OperatorEnrollPage() {
  const { attempt } = await requireOperatorAttempt('enroll');
  const [t, own] = await Promise.all([getTranslations('enroll'), getTranslations('operatorDoor')]);
  const secret = attempt.secret ?? '';
  return (
    <OperatorDoor title={t('title')} lead={t('hello', { firstName: attempt.firstName })} startOver>
      <div className="stack">
        <div>
          <p>{t('scan')}</p>
          <p className="muted text-sm">{t('apps')}</p>
        </div>
        <Qr text={totpAddress(secret, own('console'), attempt.username)} label={t('qr')} />
        <ManualKey secret={secret} label={t('key')} />
        <ActionForm action={submitFirstOperatorCode}>
          <CodeField name="code" label={t('code')} hint={t('hint')} />
          <SubmitButton pending={t('submitting')} full>
            {t('submit')}
          </SubmitButton>
        </ActionForm>
      </div>
    </OperatorDoor>
  );
}
