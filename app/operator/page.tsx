import { Icon } from '@/components/ui/icon';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { Pager } from '@/components/ui/pager';
import { SearchBox } from '@/components/ui/search-box';
import { listTenants, TENANT_STATES } from '@/lib/operators/tenants/list';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { plainText } from '@/lib/text';
import { OperatorFrame } from './frame';
import { TenantTable } from './tenant-table';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata() {
  const t = await getTranslations('tenants');
  return { title: t('title') };
}

export default async function TenantsPage({ searchParams }: Props) {
  const visit = await requireOperator();
  const query = await searchParams;
  const q = plainText(single(query.q), 80).trim();
  const state = TENANT_STATES.find((known) => known === query.state);
  const after = single(query.after) || undefined;
  const [t, found] = await Promise.all([getTranslations('tenants'), listTenants({ q, state, after })]);
  return (
    <OperatorFrame visit={visit} tab="tenants">
      <PageTitle
        lead={t('lead')}
        actions={
          <LinkButton href="/operator/tenants/new" tone="primary">
            {t('create')}
          </LinkButton>
        }
      >
        {t('title')}
      </PageTitle>
      <SearchBox action="/operator" label={t('search')} submit={t('searchButton')} value={q}>
        <span className="select">
          <select className="input input-select" name="state" defaultValue={state ?? ''} aria-label={t('state')}>
            <option value="">{t('any')}</option>
            {TENANT_STATES.map((known) => (
              <option key={known} value={known}>
                {t(`states.${known}`)}
              </option>
            ))}
          </select>
          <Icon name="chevron" />
        </span>
        {q || state ? <LinkButton href="/operator">{t('clear')}</LinkButton> : null}
      </SearchBox>
      <TenantTable tenants={found.tenants} filtered={q !== '' || state !== undefined} />
      <Pager
        label={t('pages')}
        previous={after ? { href: address({ q, state }), label: t('first') } : undefined}
        next={found.next ? { href: address({ q, state, after: found.next }), label: t('next') } : undefined}
        summary={found.total > 0 ? t('total', { count: found.total }) : undefined}
      />
    </OperatorFrame>
  );
}

function single(value: string | string[] | undefined) {
  return typeof value === 'string' ? value : '';
}

function address({ q, state, after }: { q: string; state?: string; after?: string }) {
  const query = new URLSearchParams({ ...(q && { q }), ...(state && { state }), ...(after && { after }) }).toString();
  return query ? `/operator?${query}` : '/operator';
}
