import { notFound } from 'next/navigation';
import { OperatorFrame } from '@/app/operator/frame';
import { StateBadge } from '@/app/operator/state-badge';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { PageTitle } from '@/components/ui/page-title';
import { ShowOnce } from '@/components/ui/said-once';
import { zoneInUse } from '@/lib/language/known-zones';
import { tenantActivity } from '@/lib/operators/tenants/activity';
import { waitsForAdministrator } from '@/lib/operators/tenants/invite-again';
import { findManagedTenant, stateOf } from '@/lib/operators/tenants/list';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { AccessCard } from './access';
import { Activity } from './activity';
import { DomainCard } from './domain';
import { InvitationForm } from './invitation';
import { Overview } from './overview';
import { EntitlementsForm, SettingsForm } from './settings';

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata() {
  const t = await getTranslations('tenant');
  return { title: t('title') };
}

export default async function TenantPage({ params, searchParams }: Props) {
  const visit = await requireOperator();
  const tenant = await findManagedTenant((await params).id);
  if (!tenant) notFound();
  const { timeZone, unknownZone } = zoneInUse(tenant.timeZone);
  const [t, zones, days, waiting, query] = await Promise.all([
    getTranslations('tenant'),
    getTranslations('timeZone'),
    tenantActivity(tenant, timeZone),
    waitsForAdministrator(tenant),
    searchParams,
  ]);
  return (
    <OperatorFrame visit={visit} tab="tenants">
      <div className="max-w-3xl">
        <PageTitle
          back={{ href: '/operator', label: t('back') }}
          lead={tenant.accountId}
          actions={<StateBadge state={stateOf(tenant)} />}
        >
          {tenant.name}
        </PageTitle>
        <div className="stack">
          {'new' in query ? (
            <>
              <Alert tone="success">{t('created')}</Alert>
              <ShowOnce />
            </>
          ) : null}
          {unknownZone ? <Alert tone="warning">{zones('unknownManaged', { zone: unknownZone })}</Alert> : null}
          <Card title={t('overview')}>
            <Overview tenant={tenant} />
          </Card>
          {waiting ? (
            <Card title={t('inviteTitle')} description={t('inviteHint')}>
              <InvitationForm tenant={tenant} visit={visit} />
            </Card>
          ) : null}
          <Card title={t('activity')} description={t('activityHint')}>
            <Activity days={days} />
          </Card>
          <Card title={t('settings')} description={t('settingsHint')}>
            <SettingsForm tenant={tenant} visit={visit} />
          </Card>
          <Card title={t('entitlements')} description={t('entitlementsHint')}>
            <EntitlementsForm tenant={tenant} visit={visit} />
          </Card>
          <Card title={t('domain')}>
            <DomainCard tenant={tenant} visit={visit} />
          </Card>
          <Card title={t('access')}>
            <AccessCard tenant={tenant} visit={visit} />
          </Card>
        </div>
      </div>
    </OperatorFrame>
  );
}
