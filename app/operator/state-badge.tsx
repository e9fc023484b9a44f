import { Badge } from '@/components/ui/badge';
import type { TenantState } from '@/lib/operators/tenants/list';
import { getTranslations } from '@/lib/request/translations';

const TONES = { active: 'success', suspended: 'warning', deleting: 'danger' } as const;

export async function StateBadge({ state }: { state: TenantState }) {
  const t = await getTranslations('tenants');
  return <Badge tone={TONES[state]}>{t(`states.${state}`)}</Badge>;
}
