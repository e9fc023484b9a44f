import { Badge } from '@/components/ui/badge';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections';

const TONE = { draft: 'neutral', tested: 'info', beside: 'success', instead: 'success' } as const;

export async function StateBadge({ connection: { state, enabled } }: { connection: Connection }) {
  const t = await getTranslations('singleSignOn');
  if (!enabled) return <Badge tone="warning">{t('off')}</Badge>;
  return <Badge tone={TONE[state]}>{t(`state.${state}`)}</Badge>;
}
