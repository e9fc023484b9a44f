import type { PortalVisit } from '@/app/_parts/portal-frame';
import { RowForms } from '@/components/forms/row-forms';
import { Badge } from '@/components/ui/badge';
import { DataTable } from '@/components/ui/data-table';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { listSessions } from '@/lib/sessions/list';
import { endOne } from './actions';
import { EndOne } from './form';

type Device = Awaited<ReturnType<typeof listSessions>>[number];

export async function Devices({ visit, sessions }: { visit: PortalVisit; sessions: Device[] }) {
  const t = await getTranslations('sessions');
  const columns = (['browser', 'address', 'signedIn', 'lastSeen'] as const).map((key) => ({ key, label: t(key) }));
  return (
    <RowForms action={endOne}>
      <DataTable
        caption={t('devices')}
        columns={[...columns, { key: 'action', label: '', end: true }]}
        rows={sessions.map((device) => ({ id: device.id, cells: cellsOf(device, visit, t('thisDevice')) }))}
      />
    </RowForms>
  );
}

function cellsOf(device: Device, { user, session, locale, timeZone }: PortalVisit, thisDevice: string) {
  const own = device.id === session.id;
  return {
    browser: (
      <span className="row">
        {device.browser}
        {own ? <Badge tone="info">{thisDevice}</Badge> : null}
      </span>
    ),
    address: device.address,
    signedIn: showMoment(device.createdAt, locale, timeZone),
    lastSeen: showMoment(device.lastSeenAt, locale, timeZone),
    action: own ? null : <EndOne userId={user.id} device={device} />,
  };
}
