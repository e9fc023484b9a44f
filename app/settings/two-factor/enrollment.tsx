import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { CodeField } from '@/components/forms/code-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Card } from '@/components/ui/card';
import { ManualKey } from '@/components/ui/manual-key';
import { Qr } from '@/components/ui/qr';
import { getTranslations } from '@/lib/request/translations';
import { totpAddress } from '@/lib/second-factor/totp';
import { cancel, finish } from './actions';

export async function Enrolment({ visit, secret }: { visit: PortalVisit; secret: string }) {
  const { tenant, user } = visit;
  const t = await getTranslations('twoFactor');
  return (
    <Card title={t('setUp')}>
      <div className="stack">
        <p>{t('scan')}</p>
        <Qr text={totpAddress(secret, tenant.name, user.username)} label={t('qr')} />
        <ManualKey secret={secret} label={t('manualKey')} />
        <p>{t('type')}</p>
        <ActionForm action={finish} hidden={{ as: user.id }}>
          <CodeField name="code" label={t('code')} autoFocus />
          <SubmitButton pending={t('finishing')}>{t('finish')}</SubmitButton>
        </ActionForm>
        <ActionForm action={cancel} hidden={{ as: user.id }}>
          <SubmitButton pending={t('cancelling')} tone="quiet">
            {t('cancel')}
          </SubmitButton>
        </ActionForm>
      </div>
    </Card>
  );
}
