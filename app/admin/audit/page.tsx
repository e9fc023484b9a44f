import { Frame } from '@/app/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { RETENTION_DAYS } from '@/lib/audit/retention';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { checkTrail } from './actions';
import { Chain } from './chain';
import { type Query, Trail } from './trail';

export async function generateMetadata() {
  const t = await getTranslations('audit');
  return { title: t('title') };
}

export default async function AuditPage({ searchParams }: { searchParams: Promise<Query> }) {
  const visit = await requireUser('audit');
  const { tenant, user, locale, timeZone } = visit;
  const t = await getTranslations('audit');
  const reader = { chain: tenant.id, path: '/admin/audit', locale, timeZone };
  return (
    <Frame visit={visit} tab="audit">
      <PageTitle lead={t('lead', { days: RETENTION_DAYS })}>{t('title')}</PageTitle>
      <Trail reader={reader} query={await searchParams} />
      <Chain reader={reader} action={checkTrail} hidden={{ as: user.id }} />
    </Frame>
  );
}
