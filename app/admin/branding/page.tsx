import { Frame } from '@/app/_parts/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { findBranding } from '@/lib/branding/settings';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findTenantById } from '@/lib/tenants/tenants';
import { BrandingForm } from './form';

export async function generateMetadata() {
  const t = await getTranslations('branding');
  return { title: t('title') };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function BrandingPage({ searchParams }: Props) {
  const visit = await requireUser('branding');
  const { done } = await searchParams;
  const [t, branding, registered] = await Promise.all([
    getTranslations('branding'),
    findBranding(visit.tenant),
    findTenantById(visit.tenant.id),
  ]);
  return (
    <Frame visit={visit} tab="branding">
      <PageTitle lead={t('lead', { tenant: visit.tenant.name })}>{t('title')}</PageTitle>
      <BrandingForm
        visit={visit}
        branding={branding}
        registered={registered?.name ?? visit.tenant.name}
        saved={done === 'saved'}
      />
    </Frame>
  );
}
