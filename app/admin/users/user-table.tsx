import type { PortalVisit } from '@/app/_parts/portal-frame';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { ListedUser } from '@/lib/users/users';
import { SecondFactorBadge, StatusBadges } from './badges';
import { ChooseAll } from './choose-all';

type Props = { users: ListedUser[]; q: string; narrowed: boolean } & Pick<PortalVisit, 'locale' | 'timeZone'>;

const COLUMNS = ['name', 'extension', 'role', 'status', 'secondFactor', 'lastSignIn'] as const;

export async function UserTable({ users, q, narrowed, locale, timeZone }: Props) {
  const t = await getTranslations('users');
  if (users.length === 0) {
    return (
      <EmptyState
        title={q ? t('nobody', { q }) : t(narrowed ? 'nobodyFiltered' : 'empty')}
        action={narrowed ? null : <LinkButton href="/admin/users/import">{t('import')}</LinkButton>}
      >
        {t(q ? 'nobodyHint' : narrowed ? 'nobodyFilteredHint' : 'emptyHint')}
      </EmptyState>
    );
  }
  const rows = users.map((user) => ({
    id: user.id,
    cells: {
      name: <Name user={user} choose={t('choose', { name: `${user.firstName} ${user.lastName}` })} />,
      extension: user.extension ?? <span className="muted">{t('none')}</span>,
      role: t(user.role),
      status: <StatusBadges user={user} />,
      secondFactor: <SecondFactorBadge on={user.secondFactor} isRequired={user.secondFactorRequired} />,
      lastSignIn: user.lastSignInAt ? showMoment(user.lastSignInAt, locale, timeZone) : t('never'),
    },
  }));
  return (
    <>
      <ChooseAll label={t('chooseAll')} />
      <DataTable caption={t('list')} columns={COLUMNS.map((key) => ({ key, label: t(key) }))} rows={rows} />
    </>
  );
}

function Name({ user, choose }: { user: ListedUser; choose: string }) {
  return (
    <span className="flex items-start gap-3">
      <input
        type="checkbox"
        name={`user-${user.id}`}
        aria-label={choose}
        className="mt-0.5 size-5 shrink-0 accent-primary"
      />
      <span className="min-w-0">
        <a className="link break-words" href={`/admin/users/${user.id}`}>
          {user.firstName} {user.lastName}
        </a>
        <span className="muted block text-sm font-normal break-all">{user.username}</span>
      </span>
    </span>
  );
}
