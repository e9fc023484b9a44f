import { and, eq } from 'drizzle-orm';
import { statementIn, withTenant } from '@/db';
import { bulkChanges } from '@/db/schema/user-administration';
import type { Cause } from '@/lib/audit/record';
import { isSameId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import { type BulkAction, isBulk } from '@/lib/users/bulk';
import { endAllSessions } from '@/lib/users/help';
import { inviteUser } from '@/lib/users/invite';
import { mayOpen, type Role } from '@/lib/users/permissions';
import { disable, requireSecondFactor } from '@/lib/users/status';
import { queueWork } from '@/lib/users/unfinished';

export type BulkJob = { tenantId: string; bulkId: string };

/**
 * Changes the next selected users, each in a transaction of its own, and queues the rest. Refusals
 * are stored with the reason. Stops where the administrator who started it no longer may change
 * users, and pauses where the tenant is suspended.
 */
export async function runBulk(tenant: Tenant, id: string) {
  const [bulk] = await withTenant(tenant.id, (tx) => tx.select().from(bulkChanges).where(isBulk(tenant.id, id)));
  if (bulk?.state !== 'running' || bulk.action === 'slips') return;
  const work = WORK[bulk.action];
  const until = Date.now() + RUN_DURATION;
  let { done, refused } = bulk;
  let saved = done;
  for (const userId of bulk.userIds.slice(done, done + USERS_PER_RUN)) {
    const permission = await permissionOf(tenant, bulk.byUser);
    if (permission === 'suspended') break;
    if (permission === 'not-administrator')
      return saveProgress(tenant, id, saved, {
        state: 'stopped',
        failure: permission,
        done,
        refused,
        finishedAt: new Date(),
      });
    const result = await work(tenant, userId, bulk.cause as Cause);
    done += 1;
    if (!result.ok) refused = [...refused, { id: userId, reason: result.error ?? 'not-found' }];
    // A refusal may be repeated after a crash, a change may not.
    if (result.ok || done - saved >= MOST_UNSAVED) {
      if (!(await saveProgress(tenant, id, saved, { done, refused }))) return;
      saved = done;
    }
    if (Date.now() > until) break;
  }
  const isDone = done >= bulk.userIds.length;
  const change = isDone ? ({ state: 'done', finishedAt: new Date() } as const) : {};
  if (!(await saveProgress(tenant, id, saved, { done, refused, ...change })) || isDone) return;
  if ((await permissionOf(tenant, bulk.byUser)) === 'suspended') return;
  await withTenant(tenant.id, (tx) => queueWork(tx, { tenantId: tenant.id, task: 'bulk', id }));
}

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

const USERS_PER_RUN = 50;
/** A job may be taken over from a process that has held it for a minute. */
const RUN_DURATION = seconds(15);
/** How many refusals in a row may be unsaved; they are repeated after a crash. */
const MOST_UNSAVED = 25;

/**
 * Returns whether the tenant is active and the user who started the change still an administrator.
 */
async function permissionOf(tenant: Pick<Tenant, 'id'>, userId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    statementIn<{ open: boolean; role: Role | null }>(
      tx,
      `select t.status = 'active' as open, u.role from tenants t
       left join users u on u.tenant_id = t.id and u.id = $2::uuid and u.status = 'active' where t.id = $1::uuid`,
      [tenant.id, userId],
    ),
  );
  if (!row?.open) return 'suspended';
  return row.role && mayOpen('users', { role: row.role }) ? 'administrator' : 'not-administrator';
}

/**
 * Saves progress made since `before`. Returns false where another job has progressed meanwhile, or
 * the change has ended.
 */
async function saveProgress(
  tenant: Tenant,
  id: string,
  before: number,
  change: Partial<typeof bulkChanges.$inferInsert>,
) {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .update(bulkChanges)
      .set(change)
      .where(and(isBulk(tenant.id, id), eq(bulkChanges.state, 'running'), eq(bulkChanges.done, before)))
      .returning({ id: bulkChanges.id }),
  );
  return rows.length > 0;
}
