import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { bulkChanges } from '@/db/schema/people';
import { users } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { addJob } from '@/lib/emails/queue';
import { disable, endAllSessions, requireSecondFactor } from '@/lib/members';
import type { Filter } from '@/lib/people/filters';
import { inviteUser, makeSlip, type Slip } from '@/lib/people/invite';
import { everyId } from '@/lib/people/list';
import { mayOpen } from '@/lib/permissions';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { findUser, isId } from '@/lib/users';

export const BULK_ACTIONS = ['invite', 'slips', 'end-sessions', 'require-second-factor', 'disable'] as const;
type BulkAction = (typeof BULK_ACTIONS)[number];

export type BulkJob = { tenantId: string; bulkId: string };

/** How many can be meant at once, and how many are done between two looks at the queue. */
export const MOST_AT_ONCE = 20_000;
const IN_ONE_RUN = 50;

/** Slips are printed by somebody who waits for them. */
const MOST_SLIPS = 200;

const WORK: Record<
  Exclude<BulkAction, 'slips'>,
  (tenant: Tenant, id: string, cause: Cause) => Promise<{ ok: boolean; error?: string }>
> = {
  disable: (tenant, id, cause) =>
    id === cause.actorId ? Promise.resolve(failure('yourself-among')) : disable(tenant, id, cause),
  'end-sessions': endAllSessions,
  'require-second-factor': (tenant, id, cause) => requireSecondFactor(tenant, id, true, cause),
  invite: inviteUser,
};

/** Keeps who is meant, those named or everybody who matches, until it is confirmed; nobody is touched. Fails with `nobody-chosen`, and with `too-many-slips`. */
export async function askBulk(tenant: Tenant, action: BulkAction, who: { ids: string[] } | Filter, cause: Cause) {
  const wanted = 'ids' in who ? who.ids.filter(isId).slice(0, MOST_AT_ONCE) : await everyId(tenant, who, MOST_AT_ONCE);
  const { actorId, address, userAgent, requestId } = cause;
  if (!actorId) return failure('nobody-chosen');
  return withTenant(tenant.id, async (tx) => {
    // Of ids that came from a page, those that are people of this tenant.
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
    if (!row) throw new Error('no change of many was made');
    return { ok: true, id: row.id } as const;
  });
}

/** Lets it be done, by a job. Fails with `not-found`, also on what another administrator has begun. */
export async function startBulk(tenant: Tenant, id: string, cause: Cause) {
  if (!isId(id) || !cause.actorId) return failure('not-found');
  const actorId = cause.actorId;
  return withTenant(tenant.id, async (tx) => {
    const started = await tx
      .update(bulkChanges)
      .set({ state: 'running' })
      .where(and(isAsked(tenant.id, id, actorId), ne(bulkChanges.action, 'slips')))
      .returning({ id: bulkChanges.id });
    if (started.length === 0) return failure('not-found');
    await addJob(tx, 'bulk', { tenantId: tenant.id, bulkId: id });
    return { ok: true } as const;
  });
}

/**
 * Makes a slip for each of those meant, who are promised in their order; whoever is refused is noted with the reason. Their earlier
 * invitations stop working. Fails with `not-found`, also on what another administrator has begun.
 */
export async function makeSlips(tenant: Tenant, id: string, cause: Cause) {
  if (!isId(id) || !cause.actorId) return failure('not-found');
  const actorId = cause.actorId;
  const [asked] = await withTenant(tenant.id, (tx) =>
    tx
      .update(bulkChanges)
      .set({ state: 'done', done: sql`cardinality(${bulkChanges.userIds})`, finishedAt: sql`now()` })
      .where(and(isAsked(tenant.id, id, actorId), eq(bulkChanges.action, 'slips')))
      .returning({ userIds: bulkChanges.userIds }),
  );
  if (!asked) return failure('not-found');
  const slips: ({ userId: string } & Slip)[] = [];
  const refused: { id: string; reason: string }[] = [];
  for (const userId of asked.userIds) {
    const made = await makeSlip(tenant, userId, cause);
    if (made.ok) slips.push({ userId, ...made.slip });
    else refused.push({ id: userId, reason: made.error });
  }
  await note(tenant, id, { refused });
  return { ok: true, slips } as const;
}

/** Promises how it stands, and the first of those meant by name, or undefined. */
export async function findBulk(tenant: Tenant, id: string) {
  if (!isId(id)) return undefined;
  return withTenant(tenant.id, async (tx) => {
    const [row] = await tx.select().from(bulkChanges).where(isBulk(tenant.id, id));
    if (!row) return undefined;
    const shown = [
      ...new Set([
        ...row.userIds.slice(0, row.action === 'slips' ? MOST_SLIPS : 20),
        ...row.refused.slice(0, 200).map((one) => one.id),
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
    return { ...row, total: row.userIds.length, names: new Map(named.map((one) => [one.id, one])) };
  });
}

/**
 * Does it to the next few, each in a transaction of his own, and queues the rest: whoever is refused is noted with the reason.
 * Stops where whoever began it may no longer.
 */
export async function carryOutBulk(tenant: Tenant, id: string) {
  const [bulk] = await withTenant(tenant.id, (tx) => tx.select().from(bulkChanges).where(isBulk(tenant.id, id)));
  if (bulk?.state !== 'running' || bulk.action === 'slips') return;
  const actor = await findUser(tenant, bulk.byUser);
  if (actor?.status !== 'active' || !mayOpen('users', actor)) return note(tenant, id, { state: 'stopped' });
  const part = bulk.userIds.slice(bulk.done, bulk.done + IN_ONE_RUN);
  let { done, refused } = bulk;
  for (const userId of part) {
    const result = await WORK[bulk.action](tenant, userId, bulk.cause as Cause);
    done += 1;
    if (!result.ok) refused = [...refused, { id: userId, reason: result.error ?? 'not-found' }];
    if (done % 5 === 0 || done === bulk.userIds.length) await note(tenant, id, { done, refused });
  }
  if (done >= bulk.userIds.length) return note(tenant, id, { state: 'done', done, refused });
  await withTenant(tenant.id, async (tx) => {
    await tx.update(bulkChanges).set({ done, refused }).where(isBulk(tenant.id, id));
    await addJob(tx, 'bulk', { tenantId: tenant.id, bulkId: id });
  });
}

async function note(tenant: Tenant, id: string, change: Partial<typeof bulkChanges.$inferInsert>) {
  const over = change.state ? { finishedAt: sql`now()` } : {};
  await withTenant(tenant.id, (tx) =>
    tx
      .update(bulkChanges)
      .set({ ...change, ...over })
      .where(isBulk(tenant.id, id)),
  );
}

function isAsked(tenantId: string, id: string, actorId: string) {
  return and(isBulk(tenantId, id), eq(bulkChanges.byUser, actorId), eq(bulkChanges.state, 'asked'));
}

function isBulk(tenantId: string, id: string) {
  return and(eq(bulkChanges.tenantId, tenantId), eq(bulkChanges.id, id));
}
