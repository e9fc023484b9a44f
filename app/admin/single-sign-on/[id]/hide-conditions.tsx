import type { PortalVisit } from '@/app/_parts/portal-frame';
import { showMoment } from '@/lib/language/show';
import { listEmergencyAccounts } from '@/lib/passwords/emergency';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { isRecentlyTried } from '@/lib/sso/connections/states';
import { Mark } from '../mark';

/** Lists the conditions for hiding passwords, and which are met. */
export async function HideConditions({ connection, visit }: { connection: Connection; visit: PortalVisit }) {
  const t = await getTranslations('singleSignOn');
  const accounts = await listEmergencyAccounts(visit.tenant);
  const ready = accounts.filter(({ works }) => works);
  const tried = isRecentlyTried(connection);
  return (
    <div className="stack-tight">
      <p className="font-semibold">{t('beforeHiding')}</p>
      <ul className="stack-tight">
        <Mark ok={tried}>
          {t(tried ? 'triedWhen' : connection.administratorAt ? 'triedLongAgo' : 'notTried', {
            when: connection.administratorAt
              ? showMoment(connection.administratorAt, visit.locale, visit.timeZone)
              : '',
          })}
        </Mark>
        <Mark ok={ready.length > 0}>
          {ready.length > 0
            ? t('emergencyReady', { names: new Intl.ListFormat(visit.locale).format(ready.map(({ name }) => name)) })
            : t('emergencyMissing')}{' '}
          <a className="link" href="/admin/single-sign-on/rules">
            {t('rules')}
          </a>
        </Mark>
      </ul>
    </div>
  );
}
