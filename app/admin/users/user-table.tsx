import { getTranslations } from 'next-intl/server';
import type { Visit } from '@/app/portal-frame';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { showMoment } from '@/lib/i18n';
import type { listUsers } from '@/lib/people/list';
import { SecondFactorBadge, StatusBadges } from './badges';

type Listed = Awaited<ReturnType<typeof listUsers>>['users'][number];
type Props = { users: Listed[]; q: string } & Pick<Visit, 'locale' | 'timeZone'>;

const COLUMNS = ['name', 'extension', 'role', 'status', 'secondFactor', 'lastSignIn'] as const;

export async function UserTable({ users, q, locale, timeZone }: Props) {
  const t = await getTranslations('users');
  const rows = users.map((user) => ({
    id: user.id,
    cells: {
      name: <Name user={user} />,
      extension: user.extension ?? <span className="muted">{t('none')}</span>,
      role: t(user.role),
      status: <StatusBadges user={user} />,
      secondFactor: <SecondFactorBadge on={user.secondFactor} />,
      lastSignIn: user.lastSignInAt ? showMoment(user.lastSignInAt, locale, timeZone) : t('never'),
    },
  }));
  return (
    <DataTable
      caption={t('list')}
      columns={COLUMNS.map((key) => ({ key, label: t(key) }))}
      rows={rows}
      empty={<EmptyState title={q ? t('nobody', { q }) : t('empty')}>{t(q ? 'nobodyHint' : 'emptyHint')}</EmptyState>}
    />
  );
}

function Name({ user }: { user: Listed }) {
  return (
    <span>
      <a className="link" href={`/admin/users/${user.id}`}>
        {user.firstName} {user.lastName}
      </a>
      <span className="muted block text-sm font-normal">{user.username}</span>
    </span>
  );
}
