import type { PortalVisit } from '@/app/_parts/portal-frame';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { listFailures } from '@/lib/sso/sign-in/failures';
import { FailureTable } from '../failure-table';

const SHOWN = 5;

export async function RecentFailures({ connection, visit }: { connection: Connection; visit: PortalVisit }) {
  const failures = (await listFailures(visit.tenant)).filter((failure) => failure.connection?.id === connection.id);
  if (failures.length === 0) return null;
  const t = await getTranslations('singleSignOn');
  return (
    <Card title={t('recentFailures')} description={t('recentFailuresWhat', { count: failures.length })}>
      <FailureTable failures={failures.slice(0, SHOWN)} visit={visit} />
    </Card>
  );
}
