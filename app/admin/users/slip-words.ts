import type { PortalVisit } from '@/app/_parts/portal-frame';
import { showMoment } from '@/lib/language/show';
import { LIFETIMES } from '@/lib/lifetimes';
import { getTranslations } from '@/lib/request/translations';

/** Returns the words of a slip that is made now, except its title. */
export async function slipWords({ tenant, locale, timeZone }: Pick<PortalVisit, 'tenant' | 'locale' | 'timeZone'>) {
  const t = await getTranslations('user');
  const until = showMoment(new Date(Date.now() + LIFETIMES.invitation), locale, timeZone);
  return {
    company: t('slipCompany', { tenant: tenant.name }),
    how: t('slipHow'),
    address: t('slipAddress'),
    code: t('slipCode'),
    username: t('username'),
    once: t('slipOnce', { until }),
    qr: t('slipQr'),
  };
}
