import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { statementIn, withTenant } from '@/db';
import { bulkChanges } from '@/db/schema/people';
import { users } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { isSameId, readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import type { Filter } from '@/lib/users/filters';
import { endAllSessions } from '@/lib/users/help';
import { inviteUser, makeSlip, type Slip } from '@/lib/users/invite';
import { everyId } from '@/lib/users/list';
import { mayOpen, type Role } from '@/lib/users/permissions';
import { disable, requireSecondFactor } from '@/lib/users/status';
import { queueWork } from '@/lib/users/unfinished';

export const BULK_ACTIONS = ['invite', 'slips', 'end-sessions', 'require-second-factor', 'disable'] as const;
type BulkAction = (typeof BULK_ACTIONS)[number];

export type BulkJob = { tenantId: string; bulkId: string };

/** How many can be meant at once, and how many are done between two looks at the queue. */
export const MOST_AT_ONCE = 20_000;
const IN_ONE_RUN = 50;
/** A job may be taken over from a process that has held it for a minute. */
const PER_JOB = seconds(15);
/** How many refusals in a row may be unsaved; they are repeated after a crash. */
const UNNOTED = 25;
/** How many refused or unreached users the page names. */
export const MOST_NAMED = 200;

/** Slips are printed by somebody who waits for them. */
const MOST_SLIPS = 200;

const WORK: Record<
  Exclude<BulkAction, 'slips'>,
  (tenant: Tenant, id: string, cause: Cause) => Promise<{ ok: boolean; error?: string }>
> = {
  disable: (tenant, id, cause) =>
    isSameId(id, cause.actorId) ? Promise.resolve(failure('yourself-among')) : disable(tenant, id, cause),
  'end-sessions': endAllSessions,
  'require-second-factor': (tenant, id, cause) => requireSecondFactor(tenant, id, true, cause),
  invite: inviteUser,
};

/** Keeps who is meant, those named or everybody who matches, until it is confirmed; nobody is touched. Fails with `nobody-chosen`, and with `too-many-slips`. */
export async function previewBulk(tenant: Tenant, action: BulkAction, who: { ids: string[] } | Filter, cause: Cause) {
  const wanted =
    'ids' in who
      ? who.ids.slice(0, MOST_AT_ONCE).flatMap((text) => readId(text) ?? [])
      : await everyId(tenant, who, MOST_AT_ONCE);
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
export async function startBulk(tenant: Tenant, asked: string, cause: Cause) {
  const id = readId(asked);
  if (!id || !cause.actorId) return failure('not-found');
  const actorId = cause.actorId;
  return withTenant(tenant.id, async (tx) => {
    const started = await tx
      .update(bulkChanges)
      .set({ state: 'running' })
      .where(and(isAsked(tenant.id, id, actorId), ne(bulkChanges.action, 'slips')))
      .returning({ id: bulkChanges.id });
    if (started.length === 0) return failure('not-found');
    await queueWork(tx, { tenantId: tenant.id, task: 'bulk', id });
    return { ok: true } as const;
  });
}

/**
 * Makes a slip for each of those meant, who are promised in their order; whoever is refused is noted with the reason. Their earlier
 * invitations stop working. Fails with `not-found`, also on what another administrator has begun.
 */
export async function makeSlips(tenant: Tenant, asked: string, cause: Cause) {
  const id = readId(asked);
  if (!id || !cause.actorId) return failure('not-found');
  const actorId = cause.actorId;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .update(bulkChanges)
      .set({ state: 'done', done: sql`cardinality(${bulkChanges.userIds})`, finishedAt: sql`now()` })
      .where(and(isAsked(tenant.id, id, actorId), eq(bulkChanges.action, 'slips')))
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

/** Returns whether an administrator is among those meant. */
export async function meansAdministrator(tenant: Tenant, asked: string) {
  const id = readId(asked);
  if (!id) return false;
  const [row] = await withTenant(tenant.id, (tx) =>
    statementIn<{ means: boolean }>(
      tx,
      `select exists (select from bulk_changes b join users u on u.tenant_id = b.tenant_id and u.id = any (b.user_ids)
         where b.tenant_id = $1::uuid and b.id = $2::uuid and u.role = 'administrator') as means`,
      [tenant.id, id],
    ),
  );
  return row?.means ?? false;
}

/** Promises how it stands, and the first of those meant by name, or undefined. */
export async function findBulk(tenant: Tenant, asked: string) {
  const id = readId(asked);
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
    return { ...row, total: row.userIds.length, names: new Map(named.map((one) => [one.id, one])) };
  });
}

/**
 * Carries a change out for the next few users, each in a transaction of its own, and queues the
 * rest. Refusals are noted with the reason. Stops where the administrator who started it no longer
 * may, and waits where the tenant is suspended.
 */
export async function runBulk(tenant: Tenant, id: string) {
  const [bulk] = await withTenant(tenant.id, (tx) => tx.select().from(bulkChanges).where(isBulk(tenant.id, id)));
  if (bulk?.state !== 'running' || bulk.action === 'slips') return;
  const work = WORK[bulk.action];
  const until = Date.now() + PER_JOB;
  let { done, refused } = bulk;
  let noted = done;
  for (const userId of bulk.userIds.slice(done, done + IN_ONE_RUN)) {
    const standing = await standingOf(tenant.id, bulk.byUser);
    if (standing === 'suspended') break;
    if (standing === 'not-administrator')
      return note(tenant, id, noted, { state: 'stopped', failure: standing, done, refused, finishedAt: new Date() });
    const result = await work(tenant, userId, bulk.cause as Cause);
    done += 1;
    if (!result.ok) refused = [...refused, { id: userId, reason: result.error ?? 'not-found' }];
    // A refusal may be repeated after a crash, a change may not.
    if (result.ok || done - noted >= UNNOTED) {
      if (!(await note(tenant, id, noted, { done, refused }))) return;
      noted = done;
    }
    if (Date.now() > until) break;
  }
  const isDone = done >= bulk.userIds.length;
  const change = isDone ? ({ state: 'done', finishedAt: new Date() } as const) : {};
  if (!(await note(tenant, id, noted, { done, refused, ...change })) || isDone) return;
  if ((await standingOf(tenant.id, bulk.byUser)) === 'suspended') return;
  await withTenant(tenant.id, (tx) => queueWork(tx, { tenantId: tenant.id, task: 'bulk', id }));
}

/** Whether the tenant is open and the user who started a change still an administrator. */
async function standingOf(tenantId: string, userId: string) {
  const [row] = await withTenant(tenantId, (tx) =>
    statementIn<{ open: boolean; role: Role | null }>(
      tx,
      `select t.status = 'active' as open, u.role from tenants t
       left join users u on u.tenant_id = t.id and u.id = $2::uuid and u.status = 'active' where t.id = $1::uuid`,
      [tenantId, userId],
    ),
  );
  if (!row?.open) return 'suspended';
  return row.role && mayOpen('users', { role: row.role }) ? 'administrator' : 'not-administrator';
}

/**
 * Notes progress from `before` on. Returns false where another job has gone on from there, or the
 * change has ended.
 */
async function note(tenant: Tenant, id: string, before: number, change: Partial<typeof bulkChanges.$inferInsert>) {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .update(bulkChanges)
      .set(change)
      .where(and(isBulk(tenant.id, id), eq(bulkChanges.state, 'running'), eq(bulkChanges.done, before)))
      .returning({ id: bulkChanges.id }),
  );
  return rows.length > 0;
}

function isAsked(tenantId: string, id: string, actorId: string) {
  return and(isBulk(tenantId, id), eq(bulkChanges.byUser, actorId), eq(bulkChanges.state, 'asked'));
}

function isBulk(tenantId: string, id: string) {
  return and(eq(bulkChanges.tenantId, tenantId), eq(bulkChanges.id, id));
}
