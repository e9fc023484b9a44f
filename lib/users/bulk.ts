import { and, eq, inArray, ne } from 'drizzle-orm';
import { statementIn, withTenant } from '@/db';
import { bulkChanges } from '@/db/schema/user-administration';
import { users } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import type { Filter } from '@/lib/users/filters';
import { listUserIds } from '@/lib/users/list';
import { queueWork } from '@/lib/users/unfinished';

export const BULK_ACTIONS = ['invite', 'slips', 'end-sessions', 'require-second-factor', 'disable'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** The most users that one change can select. */
export const MOST_AT_ONCE = 20_000;
/** How many refused or skipped users the page names. */
export const MOST_NAMED = 200;
/** Slips are made within the request, unlike the other actions. */
const MOST_SLIPS = 200;

/**
 * Stores which users a change selects, by id or by filter, until it is confirmed; changes no user.
 * Fails with `nobody-chosen` and `too-many-slips`.
 */
export async function previewBulk(
  tenant: Tenant,
  action: BulkAction,
  selection: { ids: string[] } | Filter,
  cause: Cause,
) {
  const wanted =
    'ids' in selection
      ? selection.ids.slice(0, MOST_AT_ONCE).flatMap((text) => readId(text) ?? [])
      : await listUserIds(tenant, selection, MOST_AT_ONCE);
  const { actorId, address, userAgent, requestId } = cause;
  if (!actorId) return failure('nobody-chosen');
  return withTenant(tenant.id, async (tx) => {
    // Ids from a form may be of another tenant.
    const known = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.tenantId, tenant.id), inArray(users.id, wanted)))
      .orderBy(users.sortName, users.id);
    if (known.length === 0) return failure('nobody-chosen');
    if (action === 'slips' && known.length > MOST_SLIPS) return failure('too-many-slips', { most: MOST_SLIPS });
    const [row] = await tx
      .insert(bulkChanges)
      .values({
        tenantId: tenant.id,
        byUser: actorId,
        action,
        userIds: known.map(({ id }) => id),
        cause: { actorId, address, userAgent, requestId },
      })
      .returning({ id: bulkChanges.id });
    if (!row) throw new Error('no bulk change was made');
    return { ok: true, id: row.id } as const;
  });
}

/** Queues a confirmed change. Fails with `not-found`, also for another administrator's change. */
export async function startBulk(tenant: Tenant, bulkId: string, cause: Cause) {
  const id = readId(bulkId);
  if (!id || !cause.actorId) return failure('not-found');
  const actorId = cause.actorId;
  return withTenant(tenant.id, async (tx) => {
    const started = await tx
      .update(bulkChanges)
      .set({ state: 'running' })
      .where(and(isUnconfirmed(tenant.id, id, actorId), ne(bulkChanges.action, 'slips')))
      .returning({ id: bulkChanges.id });
    if (started.length === 0) return failure('not-found');
    await queueWork(tx, { tenantId: tenant.id, task: 'bulk', id });
    return { ok: true } as const;
  });
}

/** Returns whether a change selects an administrator. */
export async function includesAdministrator(tenant: Tenant, bulkId: string) {
  const id = readId(bulkId);
  if (!id) return false;
  const [row] = await withTenant(tenant.id, (tx) =>
    statementIn<{ includes: boolean }>(
      tx,
      `select exists (select from bulk_changes b join users u on u.tenant_id = b.tenant_id and u.id = any (b.user_ids)
         where b.tenant_id = $1::uuid and b.id = $2::uuid and u.role = 'administrator') as includes`,
      [tenant.id, id],
    ),
  );
  return row?.includes ?? false;
}

/**
 * Returns a change with its progress and the names of the users that the page shows, or undefined.
 */
export async function findBulk(tenant: Tenant, bulkId: string) {
  const id = readId(bulkId);
  if (!id) return undefined;
  return withTenant(tenant.id, async (tx) => {
    const [row] = await tx.select().from(bulkChanges).where(isBulk(tenant.id, id));
    if (!row) return undefined;
    const shown = [
      ...new Set([
        ...row.userIds.slice(0, row.action === 'slips' ? MOST_SLIPS : 20),
        ...row.refused.slice(0, MOST_NAMED).map((one) => one.id),
        ...(row.state === 'stopped' ? row.userIds.slice(row.done, row.done + MOST_NAMED) : []),
      ]),
    ];
    const named = await tx
      .select({
        id: users.id,
        firstName: users.firstName,
        lastName: users.lastName,
        username: users.username,
        extension: users.extension,
      })
      .from(users)
      .where(and(eq(users.tenantId, tenant.id), inArray(users.id, shown)));
    return { ...row, total: row.userIds.length, names: new Map(named.map((user) => [user.id, user])) };
  });
}

/** Returns the condition for a bulk change that this administrator has not confirmed yet. */
export function isUnconfirmed(tenantId: string, id: string, actorId: string) {
  return and(isBulk(tenantId, id), eq(bulkChanges.byUser, actorId), eq(bulkChanges.state, 'asked'));
}

/** Returns the condition under which a row is this bulk change. */
export function isBulk(tenantId: string, id: string) {
  return and(eq(bulkChanges.tenantId, tenantId), eq(bulkChanges.id, id));
}
