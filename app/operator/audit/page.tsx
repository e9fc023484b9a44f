import { EventList } from '@/app/_parts/audit/event-list';
import { IntegrityCheck } from '@/app/_parts/audit/integrity-check';
import type { AuditQuery } from '@/app/_parts/audit/reader';
import { OperatorFrame } from '@/app/operator/frame';
import { PageTitle } from '@/components/ui/page-title';
import { PROVIDER } from '@/lib/audit/provider';
import { LIFETIMES } from '@/lib/lifetimes';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { inDays } from '@/lib/time';
import { checkOwnTrail } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('audit');
  return { title: t('title') };
}

export default async function OperatorAuditPage({ searchParams }: { searchParams: Promise<AuditQuery> }) {
  const visit = await requireOperator();
  const { operator, locale, timeZone } = visit;
  const t = await getTranslations('audit');
  const reader = { chain: PROVIDER, path: '/operator/audit', locale, timeZone };
  return (
    <OperatorFrame visit={visit} tab="audit">
      <PageTitle lead={t('lead', { days: inDays(LIFETIMES.auditEvent) })}>{t('title')}</PageTitle>
      <EventList reader={reader} query={await searchParams} />
      <IntegrityCheck reader={reader} action={checkOwnTrail} hidden={{ as: operator.id }} />
    </OperatorFrame>
  );
}
