import { and, eq, lte, sql } from 'drizzle-orm';
import { statementIn, withoutTenant, withTenant } from '@/db';
import { tenants } from '@/db/schema/tenants';
import { PROVIDER } from '@/lib/audit/provider';
import type { Cause } from '@/lib/audit/record';
import { log } from '@/lib/log';
import { recordAtBoth, recordAtProvider } from '@/lib/operators/tenants/record';
import { lockTenant } from '@/lib/operators/tenants/settings';
import { failure } from '@/lib/result';

/**
 * Orders a tenant's deletion in thirty days. Fails with `not-suspended`, `not-exported` since it
 * was suspended, `other-account` where the account ID typed is not its own, and `not-found`.
 */
export async function orderDeletion(tenantId: string, typedAccountId: string, cause: Cause) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    if (tenant.status !== 'suspended') return failure('not-suspended');
    if (!tenant.exportedAt) return failure('not-exported');
    if (typedAccountId.trim().toLowerCase() !== tenant.slug) return failure('other-account', { field: 'accountId' });
    if (tenant.deleteAfter) return { ok: true, at: tenant.deleteAfter } as const;
    const [row] = await statementIn<{ at: string | null }>(tx, 'select order_tenant_deletion($1) as at', [tenant.id]);
    if (!row?.at) return failure('not-exported');
    const at = new Date(row.at);
    recordAtBoth(tx, tenant, cause, 'tenant_delete_order', { at: at.toISOString() });
    return { ok: true, at } as const;
  });
}

/** Cancels a deletion; the tenant stays suspended. Fails with `too-late` and `not-found`. */
export async function cancelDeletion(tenantId: string, cause: Cause) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    if (!tenant.deleteAfter) return { ok: true } as const;
    const [row] = await statementIn<{ kept: boolean }>(tx, 'select cancel_tenant_deletion($1) as kept', [tenant.id]);
    if (!row?.kept) return failure('too-late');
    recordAtBoth(tx, tenant, cause, 'tenant_delete_cancel');
    return { ok: true } as const;
  });
}

const ROWS_AT_ONCE = 2000;

/**
 * Deletes every tenant whose waiting period has passed, in small steps that the next run resumes.
 */
export async function deleteTenantsDue() {
  const due = await withoutTenant((db) =>
    db
      .select({ id: tenants.id, accountId: tenants.accountId, name: tenants.name })
      .from(tenants)
      .where(and(eq(tenants.status, 'suspended'), lte(tenants.deleteAfter, sql`now()`))),
  );
  for (const tenant of due) {
    while (await step(tenant));
    log().info({ tenant: tenant.accountId, deleted: true });
  }
}

const SYSTEM: Cause = { actorId: null, address: 'system', userAgent: 'gatehouse', requestId: 'job' };

/**
 * Returns whether there is more to delete. The last step and its event, in the provider's chain,
 * are one transaction.
 */
function step(tenant: { id: string; accountId: string; name: string }) {
  return withTenant(PROVIDER, async (tx) => {
    const [row] = await statementIn<{ gone: boolean | null }>(tx, 'select delete_tenant_step($1, $2) as gone', [
      tenant.id,
      ROWS_AT_ONCE,
    ]);
    if (row?.gone) recordAtProvider(tx, tenant, SYSTEM, 'tenant_delete', { name: tenant.name });
    return row?.gone === false;
  });
}
