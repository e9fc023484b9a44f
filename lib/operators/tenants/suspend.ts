import { statementIn, withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import { lockTenant } from '@/lib/operators/tenants/settings';
import { failure } from '@/lib/result';
import { resumeTenantWork } from '@/lib/users/unfinished';

/** Suspends a tenant and ends all its sessions and attempts. Fails with `not-found`. */
export async function suspendTenant(tenantId: string, cause: Cause) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    if (tenant.status === 'suspended') return { ok: true, ended: 0 } as const;
    await statementIn(tx, 'select suspend_tenant($1)', [tenant.id]);
    const [row] = await statementIn<{ ended: number }>(tx, 'select end_all_sessions($1) as ended', [tenantId]);
    const ended = row?.ended ?? 0;
    recordAtBoth(tx, tenant, cause, 'tenant_suspend', { ended });
    return { ok: true, ended } as const;
  });
}

/** Reactivates a suspended tenant. Fails with `waits-for-deletion` and `not-found`. */
export async function resumeTenant(tenantId: string, cause: Cause) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    if (tenant.deleteAfter) return failure('waits-for-deletion');
    if (tenant.status === 'active') return { ok: true } as const;
    await statementIn(tx, 'select resume_tenant($1)', [tenant.id]);
    await resumeTenantWork(tx, tenantId);
    recordAtBoth(tx, tenant, cause, 'tenant_resume');
    return { ok: true } as const;
  });
}
