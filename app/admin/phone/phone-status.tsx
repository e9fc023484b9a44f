import { Alert } from '@/components/ui/alert';
import { buttonClass } from '@/components/ui/tone';
import { countWithoutAccount } from '@/lib/phone/accounts';
import type { PhoneSettings } from '@/lib/phone/settings';
import { getTranslations } from '@/lib/request/translations';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Shows who has a phone. The test opens in a new window, whose security policy allows the saved
 * server.
 */
export async function PhoneStatus({ tenant, settings }: { tenant: Tenant; settings: PhoneSettings | undefined }) {
  const t = await getTranslations('adminPhone');
  if (!settings) return <Alert tone="info">{t('nothingYet')}</Alert>;
  const without = settings.way === 'per-user' ? await countWithoutAccount(tenant) : 0;
  return (
    <Alert
      tone={without > 0 ? 'warning' : 'success'}
      action={
        <a href="/admin/phone/test" className={buttonClass({ tone: 'quiet' })} target="_blank" rel="noopener">
          {t('test')}
          <span className="visually-hidden">{t('newWindow')}</span>
        </a>
      }
    >
      {t(settings.way === 'ephemeral' ? 'everyoneHas' : 'someHave')}{' '}
      {without > 0 ? t('without', { count: without }) : null}
    </Alert>
  );
}
