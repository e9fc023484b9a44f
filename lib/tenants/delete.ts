import { and, eq, lte, sql } from 'drizzle-orm';
import { statement, withoutTenant, withTenant } from '@/db';
import { tenants } from '@/db/schema/tenants';
import { PROVIDER } from '@/lib/audit/provider';
import type { Cause } from '@/lib/audit/record';
import { log } from '@/lib/log';
import { failure } from '@/lib/result';
import { recordAtBoth, recordAtProvider } from '@/lib/tenants/record';
import { lockTenant } from '@/lib/tenants/settings';

/** How long a tenant waits, suspended, until nothing of it is left; it can be taken back until then. */
const HOLD_DAYS = 30;

/**
 * Orders a tenant's deletion in thirty days. Fails with `not-suspended`, `not-exported` since it was suspended, `other-account`
 * where the account ID typed is not its own, and `not-found`.
 */
export async function orderDeletion(tenantId: string, typedAccountId: string, cause: Cause) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    if (tenant.status !== 'suspended') return failure('not-suspended');
    if (!tenant.exportedAt) return failure('not-exported');
    if (typedAccountId.trim().toLowerCase() !== tenant.slug) return failure('other-account', { field: 'accountId' });
    if (tenant.deleteAfter) return { ok: true, at: tenant.deleteAfter } as const;
    const [row] = await tx
      .update(tenants)
      .set({ deleteAfter: sql`now() + make_interval(days => ${HOLD_DAYS})` })
      .where(eq(tenants.id, tenantId))
      .returning({ at: tenants.deleteAfter });
    const at = row?.at ?? new Date();
    await recordAtBoth(tx, tenant, cause, 'tenant_delete_order', { at: at.toISOString() });
    return { ok: true, at } as const;
  });
}

/** Takes a deletion back; the tenant stays suspended. Fails with `too-late` where its thirty days are over, and `not-found`. */
export async function cancelDeletion(tenantId: string, cause: Cause) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    if (!tenant.deleteAfter) return { ok: true } as const;
    const kept = await tx
      .update(tenants)
      .set({ deleteAfter: null })
      .where(and(eq(tenants.id, tenantId), sql`${tenants.deleteAfter} > now()`))
      .returning({ id: tenants.id });
    if (kept.length === 0) return failure('too-late');
    await recordAtBoth(tx, tenant, cause, 'tenant_delete_cancel');
    return { ok: true } as const;
  });
}

const ROWS_AT_ONCE = 2000;

/** Deletes every tenant whose thirty days are over, in small steps: one that is cut off is taken up again by the next run. */
export async function deleteTenantsDue() {
  const due = await withoutTenant((db) =>
    db
      .select({ id: tenants.id, accountId: tenants.accountId, name: tenants.name })
      .from(tenants)
      .where(and(eq(tenants.status, 'suspended'), lte(tenants.deleteAfter, sql`now()`))),
  );
  for (const tenant of due) {
    // Told before the first row goes: what is begun is finished, and never nobody's doing.
    await withTenant(PROVIDER, (tx) => recordAtProvider(tx, tenant, SYSTEM, 'tenant_delete', { name: tenant.name }));
    for (let more: boolean | null = true; more; ) more = await step(tenant.id);
    log().info({ tenant: tenant.accountId, deleted: true });
  }
}

const SYSTEM: Cause = { actorId: null, address: 'system', userAgent: 'gatehouse', requestId: 'job' };

/** Whether there is more to delete. */
async function step(tenantId: string) {
  const [row] = await statement<{ gone: boolean | null }>('select delete_tenant_step($1, $2) as gone', [
    tenantId,
    ROWS_AT_ONCE,
  ]);
  return row?.gone === false;
}
