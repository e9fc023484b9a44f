import { eq, sql } from 'drizzle-orm';
import { codeOf, statementIn, type Tx, withTenant, withTenantAtLength } from '@/db';
import { imports } from '@/db/schema/user-administration';
import { users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import type { Tenant } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import { hasOtherAdministrator, lockAdministrators } from '@/lib/users/administrators';
import { eventsOf } from '@/lib/users/import/apply-events';
import { batchesOf, findLinesToApply, ImportFailed, type LineToApply } from '@/lib/users/import/apply-lines';
import { changeUsers, type UserBefore } from '@/lib/users/import/change-users';
import { createUsers, inviteUsers } from '@/lib/users/import/create-users';
import { type Import, isImport } from '@/lib/users/import/imports';
import { lockRemainingUsers } from '@/lib/users/user-limit';

export type ImportJob = { tenantId: string; importId: string };

const DEADLINE = seconds(50);

/**
 * Thrown where the tenant is suspended: the import is rolled back, and applied once the tenant is
 * active again.
 */
class TenantSuspended extends Error {}

/**
 * Applies a started import in one transaction: all users are created, changed and recorded, or
 * none. A second run changes nothing. A refusal is stored as the import's `failure`; it can be
 * planned again.
 */
export async function applyImport(tenant: Tenant, id: string) {
  try {
    await withTenantAtLength(tenant.id, DEADLINE, (tx) => applyIn(tx, tenant.id, id));
  } catch (error) {
    if (error instanceof TenantSuspended) return;
    const reason = error instanceof ImportFailed ? error.reason : isTaken(error) ? 'import-stale' : undefined;
    if (!reason) throw error;
    await withTenant(tenant.id, (tx) =>
      tx
        .update(imports)
        .set({ state: 'failed', failure: reason, done: 0, finishedAt: sql`now()` })
        .where(isImport(tenant.id, id)),
    );
  }
}

async function applyIn(tx: Tx, tenantId: string, id: string) {
  if (!(await isOnlyRun(tx, id))) return;
  const [found] = await tx.select().from(imports).where(isImport(tenantId, id));
  if (found?.state !== 'applying' || !found.cause) return;
  const cause = found.cause as Cause;
  await assertActive(tx, tenantId);
  // Before any user's row, like every other change that may remove an administrator.
  await lockAdministrators(tx, tenantId);
  await assertAdministrator(tx, tenantId, cause.actorId);
  const hadAdministrator = await hasOtherAdministrator(tx, tenantId);
  const lines = await findLinesToApply(tx, tenantId, id);
  const created = lines.filter(({ verdict }) => verdict === 'create');
  const changed = lines.filter(({ verdict }) => verdict === 'change');
  if ((await lockRemainingUsers(tx, tenantId)) < created.length) throw new ImportFailed('user-limit');

  const before = await applyLines(tx, tenantId, found, { created, changed });
  await assertHasAdministrator(tx, tenantId);
  if (hadAdministrator && !(await hasOtherAdministrator(tx, tenantId))) throw new ImportFailed('last-administrator');
  await assertActive(tx, tenantId);
  await tx
    .update(imports)
    .set({ state: 'applied', failure: null, finishedAt: sql`now()` })
    .where(isImport(tenantId, id));
  for (const { event, ...details } of eventsOf(found, created, changed, before))
    record(tx, tenantId, cause, event, details);
}

/**
 * Takes the lock of an import. Not on its row, which another transaction updates with the progress.
 */
async function isOnlyRun(tx: Tx, id: string) {
  const [row] = await statementIn<{ free: boolean }>(
    tx,
    `select pg_try_advisory_xact_lock(hashtextextended('import ' || $1, 0)) as free`,
    [id],
  );
  return row?.free ?? false;
}

async function assertActive(tx: Tx, tenantId: string) {
  const rows = await statementIn(tx, `select 1 from tenants where id = $1::uuid and status = 'active'`, [tenantId]);
  if (rows.length === 0) throw new TenantSuspended();
}

/** Without an actor the operator imports at the command line. */
async function assertAdministrator(tx: Tx, tenantId: string, actorId: string | null) {
  if (actorId === null) return;
  const rows = await statementIn(
    tx,
    `select 1 from users where tenant_id = $1::uuid and id = $2::uuid and role = 'administrator' and status = 'active' for share`,
    [tenantId, actorId],
  );
  if (rows.length === 0) throw new ImportFailed('not-administrator');
}

/** Creates, invites and changes users in batches; returns the changed ones as they were before. */
async function applyLines(
  tx: Tx,
  tenantId: string,
  { id, invite }: Import,
  { created, changed }: { created: LineToApply[]; changed: LineToApply[] },
) {
  let done = 0;
  const saveProgress = async (count: number) => {
    done += count;
    // A transaction of its own: the page shows the progress before this one commits.
    await withTenant(tenantId, (other) => other.update(imports).set({ done }).where(isImport(tenantId, id)));
  };
  for (const batch of batchesOf(created)) {
    await createUsers(tx, tenantId, batch);
    if (invite) await inviteUsers(tx, tenantId, batch);
    await saveProgress(batch.length);
  }
  const before = new Map<string, UserBefore>();
  for (const batch of batchesOf(changed)) {
    for (const user of await changeUsers(tx, tenantId, batch)) before.set(user.id, user);
    await saveProgress(batch.length);
  }
  return before;
}

async function assertHasAdministrator(tx: Tx, tenantId: string) {
  const anyUser = await tx.select({ id: users.id }).from(users).where(eq(users.tenantId, tenantId)).limit(1);
  const rows = await statementIn(
    tx,
    `select 1 from users where tenant_id = $1::uuid and role = 'administrator' and status = 'active' limit 1`,
    [tenantId],
  );
  if (anyUser.length > 0 && rows.length === 0) throw new ImportFailed('last-administrator');
}

function isTaken(error: unknown) {
  return codeOf(error) === '23505';
}
