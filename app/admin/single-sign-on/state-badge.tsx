import { Badge } from '@/components/ui/badge';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { lacksDomains } from '@/lib/sso/connections/email-domains';

const TONE = { draft: 'neutral', tested: 'info', beside: 'success', instead: 'success' } as const;

export async function StateBadge({ connection }: { connection: Connection }) {
  const { state, enabled } = connection;
  const t = await getTranslations('singleSignOn');
  if (!enabled) return <Badge tone="warning">{t('off')}</Badge>;
  return (
    <>
      <Badge tone={TONE[state]}>{t(`state.${state}`)}</Badge>
      {lacksDomains(connection) ? <Badge tone="warning">{t('domainsMissingShort')}</Badge> : null}
    </>
  );
}
