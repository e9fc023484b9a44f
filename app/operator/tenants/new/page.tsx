import { OperatorFrame } from '@/app/operator/frame';
import { Card } from '@/components/ui/card';
import { PageTitle } from '@/components/ui/page-title';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { NewTenantForm } from './form';

export async function generateMetadata() {
  const t = await getTranslations('newTenant');
  return { title: t('title') };
}

export default async function NewTenantPage() {
  const visit = await requireOperator();
  const t = await getTranslations('newTenant');
  return (
    <OperatorFrame visit={visit} tab="tenants">
      <div className="max-w-3xl">
        <PageTitle back={{ href: '/operator', label: t('back') }} lead={t('lead')}>
          {t('title')}
        </PageTitle>
        <Card>
          <NewTenantForm visit={visit} />
        </Card>
      </div>
    </OperatorFrame>
  );
}
