import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';

export async function Unused() {
  const t = await getTranslations('twoFactor');
  return (
    <Card title={t('title')} actions={<Badge tone="neutral">{t('stateOff')}</Badge>}>
      <p>{t('policyOff')}</p>
    </Card>
  );
}
