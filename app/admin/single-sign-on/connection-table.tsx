import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { DataTable } from '@/components/ui/data-table';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { move } from './actions';
import { MoveButton } from './move-button';
import { StateBadge } from './state-badge';

export async function ConnectionTable({ connections, visit }: { connections: Connection[]; visit: PortalVisit }) {
  const t = await getTranslations('singleSignOn');
  const places = connections.length > 1;
  return (
    <>
      <DataTable
        caption={t('connections')}
        columns={[
          { key: 'label', label: t('label') },
          { key: 'protocol', label: t('protocol') },
          { key: 'state', label: t('stateColumn') },
          { key: 'tested', label: t('testedColumn') },
          ...(places ? [{ key: 'order', label: t('order'), end: true }] : []),
        ]}
        rows={connections.map((connection, index) => ({
          id: connection.id,
          cells: {
            label: (
              <a className="link" href={`/admin/single-sign-on/${connection.id}`}>
                {connection.label}
              </a>
            ),
            protocol: t(connection.protocol),
            state: <StateBadge connection={connection} />,
            tested: connection.testedAt
              ? showMoment(connection.testedAt, visit.locale, visit.timeZone)
              : t('neverTested'),
            order: (
              <ActionForm
                action={move}
                hidden={{ as: visit.user.id, connection: connection.id }}
                message="none"
                className="inline-flex gap-2"
              >
                {(['up', 'down'] as const).map((direction) => (
                  <MoveButton
                    key={direction}
                    direction={direction}
                    label={t(direction, { label: connection.label })}
                    disabled={direction === 'up' ? index === 0 : index === connections.length - 1}
                  />
                ))}
              </ActionForm>
            ),
          },
        }))}
      />
      {places ? <p className="muted text-sm">{t('orderWhat')}</p> : null}
    </>
  );
}
