import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { type listTenants, stateOf } from '@/lib/operators/tenants/list';
import { getFormatter, getTranslations } from '@/lib/request/translations';
import { StateBadge } from './state-badge';

type Listed = Awaited<ReturnType<typeof listTenants>>['tenants'][number];

const COLUMNS = [
  { key: 'name' },
  { key: 'state' },
  { key: 'users', end: true },
  { key: 'entitlements' },
  { key: 'created' },
] as const;

export async function TenantTable({ tenants, filtered }: { tenants: Listed[]; filtered: boolean }) {
  const [t, format] = await Promise.all([getTranslations('tenants'), getFormatter()]);
  const rows = tenants.map((tenant) => ({
    id: tenant.id,
    cells: {
      name: <Name tenant={tenant} />,
      state: <StateBadge state={stateOf(tenant)} />,
      users:
        tenant.userLimit === null
          ? format.number(tenant.users)
          : t('usersOf', { count: tenant.users, limit: tenant.userLimit }),
      entitlements: tenant.entitlements.map((name) => t(`entitlement.${name}`)).join(', ') || (
        <span className="muted">{t('none')}</span>
      ),
      created: format.dateTime(tenant.createdAt, { dateStyle: 'medium' }),
    },
  }));
  return (
    <DataTable
      caption={t('list')}
      columns={COLUMNS.map((column) => ({ ...column, label: t(`column.${column.key}`) }))}
      rows={rows}
      empty={
        <EmptyState title={t(filtered ? 'nothing' : 'empty')}>{t(filtered ? 'nothingHint' : 'emptyHint')}</EmptyState>
      }
    />
  );
}

function Name({ tenant }: { tenant: Listed }) {
  return (
    <span>
      <a className="link" href={`/operator/tenants/${tenant.id}`}>
        {tenant.name}
      </a>
      <span className="muted block text-sm font-normal">{tenant.domain ?? tenant.accountId}</span>
    </span>
  );
}
