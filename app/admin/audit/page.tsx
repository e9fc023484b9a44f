import type { AuditQuery } from '@/app/_parts/audit/reader';
import { Frame } from '@/app/_parts/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { LIFETIMES } from '@/lib/lifetimes';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { inDays } from '@/lib/time';
import { EventList } from '../../_parts/audit/event-list';
import { IntegrityCheck } from '../../_parts/audit/integrity-check';
import { checkTrail } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('audit');
  return { title: t('title') };
}

export default async function AuditPage({ searchParams }: { searchParams: Promise<AuditQuery> }) {
  const visit = await requireUser('audit');
  const { tenant, user, locale, timeZone } = visit;
  const t = await getTranslations('audit');
  const reader = { chain: tenant.id, path: '/admin/audit', locale, timeZone };
  return (
    <Frame visit={visit} tab="audit">
      <PageTitle lead={t('lead', { days: inDays(LIFETIMES.auditEvent) })}>{t('title')}</PageTitle>
      <EventList reader={reader} query={await searchParams} />
      <IntegrityCheck reader={reader} action={checkTrail} hidden={{ as: user.id }} />
    </Frame>
  );
}
