import { Frame } from '@/app/_parts/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { storedPolicy } from '@/lib/policies/change';
import { currentCause, requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { isEntitled } from '@/lib/tenants/entitlements';
import { PolicyForm } from './form';
import { NotEntitled } from './not-entitled';

export async function generateMetadata() {
  const t = await getTranslations('security');
  return { title: t('title') };
}

export default async function SecurityPage() {
  const visit = await requireUser('security');
  const t = await getTranslations('security');
  return (
    <Frame visit={visit} tab="security">
      <div className="max-w-2xl">
        <PageTitle lead={t('lead', { tenant: visit.tenant.name })}>{t('title')}</PageTitle>
        {isEntitled(visit.tenant, 'security-policies') ? (
          <PolicyForm
            visit={visit}
            stored={await storedPolicy(visit.tenant)}
            address={(await currentCause()).address}
          />
        ) : (
          <NotEntitled visit={visit} />
        )}
      </div>
    </Frame>
  );
}
