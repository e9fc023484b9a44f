import type { PortalVisit } from '@/app/_parts/portal-frame';
import { DataTable } from '@/components/ui/data-table';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { SsoFailure } from '@/lib/sso/sign-in/failures';

type Props = { failures: SsoFailure[]; visit: PortalVisit; withConnection?: boolean };

export async function FailureTable({ failures, visit, withConnection }: Props) {
  const [t, reasons] = await Promise.all([getTranslations('singleSignOn'), getTranslations('ssoReasons')]);
  return (
    <DataTable
      caption={t('failures')}
      columns={[
        { key: 'code', label: t('code') },
        { key: 'reason', label: t('why') },
        ...(withConnection ? [{ key: 'connection', label: t('connection') }] : []),
        { key: 'at', label: t('when') },
      ]}
      rows={failures.map(({ code, reason, connection, at }) => ({
        id: code,
        cells: {
          code: (
            <a className="link whitespace-nowrap" href={`/admin/single-sign-on/failures/${code}`}>
              {code}
            </a>
          ),
          reason: reasons(`${reason}.title`),
          connection: connection?.label ?? t('noConnection'),
          at: showMoment(at, visit.locale, visit.timeZone),
        },
      }))}
    />
  );
}
