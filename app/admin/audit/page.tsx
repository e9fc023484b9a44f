import type { Query } from '@/app/_parts/audit/reader';
import { Frame } from '@/app/_parts/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { RETENTION_DAYS } from '@/lib/audit/retention';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { Trail } from '../../_parts/audit/event-list';
import { Chain } from '../../_parts/audit/integrity-check';
import { checkTrail } from './actions';

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
