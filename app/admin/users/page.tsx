import { getTranslations } from 'next-intl/server';
import { Frame } from '@/app/portal-frame';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { Pager } from '@/components/ui/pager';
import { SearchBox } from '@/components/ui/search-box';
import { requireUser } from '@/lib/request/current';
import { listUsers } from '@/lib/people/list';
import { UserTable } from './user-table';

const PER_PAGE = 25;

type Query = { q?: string | string[]; after?: string | string[] };

export async function generateMetadata() {
  const t = await getTranslations('users');
  return { title: t('title') };
}

export default async function UsersPage({ searchParams }: { searchParams: Promise<Query> }) {
  const visit = await requireUser('users');
  const query = await searchParams;
  const q = single(query.q)
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 80);
  const after = single(query.after) || undefined;
  const [t, found] = await Promise.all([
    getTranslations('users'),
    listUsers(visit.tenant, { q, after, limit: PER_PAGE }),
  ]);
  return (
    <Frame visit={visit} tab="users">
      <PageTitle lead={t('lead')}>{t('title')}</PageTitle>
      <SearchBox action="/admin/users" label={t('search')} submit={t('searchButton')} value={q}>
        {q ? <LinkButton href="/admin/users">{t('clear')}</LinkButton> : null}
      </SearchBox>
      <UserTable users={found.users} q={q} locale={visit.locale} timeZone={visit.timeZone} />
      <Pager
        label={t('pages')}
        previous={after ? { href: address({ q }), label: t('first') } : undefined}
        next={found.next ? { href: address({ q, after: found.next }), label: t('next') } : undefined}
        summary={found.total > 0 ? t('total', { count: found.total }) : undefined}
      />
    </Frame>
  );
}

function single(value: string | string[] | undefined) {
  return typeof value === 'string' ? value : '';
}

function address({ q, after }: { q: string; after?: string }) {
  const query = new URLSearchParams({ ...(q && { q }), ...(after && { after }) }).toString();
  return query ? `/admin/users?${query}` : '/admin/users';
}
