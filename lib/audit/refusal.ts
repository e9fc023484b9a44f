import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import type { Tenant } from '@/lib/tenants/tenants';

/** Notes that somebody asked for what he may not have. */
export async function recordRefusal(tenant: Pick<Tenant, 'id'>, cause: Cause, what: string) {
  await withTenant(tenant.id, (tx) => record(tx, tenant.id, cause, 'authz_fail', { detail: { what } }));
}
