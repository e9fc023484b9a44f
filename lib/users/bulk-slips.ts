import { and, eq, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { bulkChanges } from '@/db/schema/user-administration';
import type { Cause } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { isBulk, isUnconfirmed } from '@/lib/users/bulk';
import { makeSlip, type Slip } from '@/lib/users/invite';

/**
 * Makes a slip for each selected user, in their order; refusals are stored with the reason. Earlier
 * invitations stop working. Fails with `not-found`, also for another administrator's change.
 */
export async function makeSlips(tenant: Tenant, bulkId: string, cause: Cause) {
  const id = readId(bulkId);
  if (!id || !cause.actorId) return failure('not-found');
  const actorId = cause.actorId;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .update(bulkChanges)
      .set({ state: 'done', done: sql`cardinality(${bulkChanges.userIds})`, finishedAt: sql`now()` })
      .where(and(isUnconfirmed(tenant.id, id, actorId), eq(bulkChanges.action, 'slips')))
      .returning({ userIds: bulkChanges.userIds }),
  );
  if (!row) return failure('not-found');
  const slips: ({ userId: string } & Slip)[] = [];
  const refused: { id: string; reason: string }[] = [];
  for (const userId of row.userIds) {
    const made = await makeSlip(tenant, userId, cause);
    if (made.ok) slips.push({ userId, ...made.slip });
    else refused.push({ id: userId, reason: made.error });
  }
  await withTenant(tenant.id, (tx) => tx.update(bulkChanges).set({ refused }).where(isBulk(tenant.id, id)));
  return { ok: true, slips } as const;
}
