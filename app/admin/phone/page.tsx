import { Frame } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { PageTitle } from '@/components/ui/page-title';
import { findPhoneSettings } from '@/lib/phone/settings';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { isEntitled } from '@/lib/tenants/entitlements';
import { PhoneForm } from './form';
import { PhoneStatus } from './phone-status';
import { RemovePhone } from './remove';

export async function generateMetadata() {
  const t = await getTranslations('adminPhone');
  return { title: t('title') };
}

export default async function PhoneSettingsPage() {
  const visit = await requireUser('phone');
  const entitled = isEntitled(visit.tenant, 'phone');
  const [t, settings] = await Promise.all([
    getTranslations('adminPhone'),
    entitled ? findPhoneSettings(visit.tenant) : undefined,
  ]);
  return (
    <Frame visit={visit} tab="phoneSettings">
      <div className="max-w-2xl">
        <PageTitle lead={t('lead', { tenant: visit.tenant.name })}>{t('title')}</PageTitle>
        {entitled ? (
          <div className="stack">
            <PhoneStatus tenant={visit.tenant} settings={settings} />
            <PhoneForm visit={visit} settings={settings} />
            <RemovePhone visit={visit} offered={Boolean(settings)} />
          </div>
        ) : (
          <Alert tone="info" title={t('notEntitled')}>
            {t('notEntitledWhat', { tenant: visit.tenant.name })}
          </Alert>
        )}
      </div>
    </Frame>
  );
}
