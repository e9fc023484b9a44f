import { Frame } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { Pager } from '@/components/ui/pager';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { listUsers } from '@/lib/users/list';
import { ChosenForm } from './chosen-form';
import { Filters } from './filters';
import { addressOf, filterOf, type Query, sortOf } from './query';
import { UserTable } from './user-table';

const PER_PAGE = 25;
const PATH = '/admin/users';

export async function generateMetadata() {
  const t = await getTranslations('users');
  return { title: t('title') };
}

export default async function UsersPage({ searchParams }: { searchParams: Promise<Query> }) {
  const visit = await requireUser('users');
  const query = await searchParams;
  const [filter, sort] = [filterOf(query), sortOf(query)];
  const [t, found] = await Promise.all([
    getTranslations('users'),
    listUsers(visit.tenant, {
      ...filter,
      sort,
      after: wordOf(query.after),
      before: wordOf(query.before),
      limit: PER_PAGE,
    }),
  ]);
  const place = (more: Record<string, string>) =>
    addressOf(PATH, filter, { ...(sort !== 'name' && { sort }), ...more });
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <Frame visit={visit} tab="users">
      <PageTitle
        lead={t('lead')}
        actions={
          <span className="row">
            <LinkButton href={`${PATH}/new`} tone="primary">
              {t('add')}
            </LinkButton>
            <LinkButton href={`${PATH}/import`}>{t('import')}</LinkButton>
            <LinkButton href={addressOf(`${PATH}/export`, filter)}>{t('export')}</LinkButton>
          </span>
        }
      >
        {t('title')}
      </PageTitle>
      {query.done === 'deleted' ? (
        <div className="mb-4">
          <Alert tone="success">{t('deleted')}</Alert>
        </div>
      ) : null}
      <Filters filter={filter} sort={sort} />
      <ChosenForm visit={visit} filter={filter} total={found.total} uncounted={found.uncounted}>
        <UserTable
          users={found.users}
          q={filter.q}
          narrowed={narrowed}
          locale={visit.locale}
          timeZone={visit.timeZone}
        />
        <Pager
          label={t('pages')}
          previous={found.previous ? { href: place({ before: found.previous }), label: t('previous') } : undefined}
          next={found.next ? { href: place({ after: found.next }), label: t('next') } : undefined}
          summary={found.total > 0 ? t(found.uncounted ? 'totalMore' : 'total', { count: found.total }) : undefined}
        />
      </ChosenForm>
    </Frame>
  );
}

function wordOf(value: string | string[] | undefined) {
  return typeof value === 'string' && value ? value : undefined;
}
