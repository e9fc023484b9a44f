import { ActionForm } from '@/components/forms/action-form';
import { CodeField } from '@/components/forms/code-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { ManualKey } from '@/components/ui/manual-key';
import { Qr } from '@/components/ui/qr';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';
import { totpAddress } from '@/lib/second-factor/totp';

type Props = { action: FormAction; as: string; secret: string; issuer: string; label: string };

/** Shows a new secret and checks its first code. `as` names the attempt. */
export async function EnrollmentForm({ action, as, secret, issuer, label }: Props) {
  const t = await getTranslations('enroll');
  return (
    <div className="stack">
      <div>
        <p>{t('scan')}</p>
        <p className="muted text-sm">{t('apps')}</p>
      </div>
      <Qr text={totpAddress(secret, issuer, label)} label={t('qr')} />
      <ManualKey secret={secret} label={t('key')} />
      <ActionForm action={action} hidden={{ as }}>
        <CodeField name="code" label={t('code')} hint={t('hint')} />
        <SubmitButton pending={t('submitting')} full>
          {t('submit')}
        </SubmitButton>
      </ActionForm>
    </div>
  );
}
