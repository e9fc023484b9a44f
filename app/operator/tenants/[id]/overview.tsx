import { DefinitionList } from '@/components/ui/definition-list';
import type { findManagedTenant } from '@/lib/operators/tenants/list';
import { getFormatter, getTranslations } from '@/lib/request/translations';
import { tenantOrigin } from '@/lib/tenants/tenants';

export type Managed = NonNullable<Awaited<ReturnType<typeof findManagedTenant>>>;

/* The address stands there to be told on, and leads nowhere: an operator has no business inside. */
export async function Overview({ tenant }: { tenant: Managed }) {
  const [t, shell, format] = await Promise.all([getTranslations('tenant'), getTranslations('shell'), getFormatter()]);
  const { users, userLimit } = tenant;
  return (
    <DefinitionList
      items={[
        { term: t('address'), value: <span className="break-all">{tenantOrigin(tenant)}</span> },
        { term: t('users'), value: t('usersActive', users) },
        { term: t('limit'), value: userLimit === null ? t('noLimit') : format.number(userLimit) },
        { term: t('language'), value: shell(`language.${tenant.locale}`) },
        { term: t('timeZone'), value: tenant.timeZone.replaceAll('_', ' ') },
        { term: t('since'), value: format.dateTime(tenant.createdAt, { dateStyle: 'long' }) },
      ]}
    />
  );
}
