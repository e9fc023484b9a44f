import { Alert } from '@/components/ui/alert';
import { getTranslations } from '@/lib/request/translations';
import type { Tenant } from '@/lib/tenants/tenants';

export async function NotEntitled({ tenant }: { tenant: Tenant }) {
  const t = await getTranslations('singleSignOn');
  return (
    <Alert tone="info" title={t('notEntitled')}>
      {t('notEntitledWhat', { tenant: tenant.name })}
    </Alert>
  );
}
