import { getTranslations } from 'next-intl/server';
import { chooseLanguage } from '@/app/shell-actions';
import { ActionForm } from '@/components/forms/action-form';
import { CodeField } from '@/components/forms/code-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { ManualKey } from '@/components/ui/manual-key';
import { Qr } from '@/components/ui/qr';
import { totpAddress } from '@/lib/credentials/totp';
import { requireAttempt } from '@/lib/request/current';
import { submitFirstCode } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('enroll');
  return { title: t('title') };
}

export default async function EnrollPage() {
  const { tenant, attempt } = await requireAttempt('enroll');
  const t = await getTranslations('enroll');
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
      <div className="stack">
        <div>
          <p>{t('scan')}</p>
          <p className="muted text-sm">{t('apps')}</p>
        </div>
        <Secret secret={attempt.secret ?? ''} issuer={tenant.name} label={attempt.username} />
        <ActionForm action={submitFirstCode}>
          <CodeField name="code" label={t('code')} hint={t('hint')} />
          <SubmitButton pending={t('submitting')} full>
            {t('submit')}
          </SubmitButton>
        </ActionForm>
      </div>
    </SignedOutFrame>
  );
}

async function Secret({ secret, issuer, label }: { secret: string; issuer: string; label: string }) {
  const t = await getTranslations('enroll');
  return (
    <>
      <Qr text={totpAddress(secret, issuer, label)} label={t('qr')} />
      <ManualKey secret={secret} label={t('key')} />
    </>
  );
}
