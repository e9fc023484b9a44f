import { and, eq } from 'drizzle-orm';
import { statementIn, type Tx } from '@/db';
import { users } from '@/db/schema/users';

/**
 * Promises how many more active users there may be, Infinity without a limit. Until this transaction ends nobody changes
 * the limit, and where there is one, nobody else adds a user.
 */
export async function lockRemainingUsers(tx: Tx, tenantId: string) {
  await lock(tx, 'pg_advisory_xact_lock_shared', 'users of', tenantId);
  const most = await limitOf(tx, tenantId);
  if (most === null) return Number.POSITIVE_INFINITY;
  await lock(tx, 'pg_advisory_xact_lock', 'places of', tenantId);
  return most - (await countActive(tx, tenantId));
}

/** The same for somebody who only looks: it keeps nobody from anything. */
export async function countRemainingUsers(tx: Tx, tenantId: string) {
  const most = await limitOf(tx, tenantId);
  return most === null ? Number.POSITIVE_INFINITY : most - (await countActive(tx, tenantId));
}

/** For whoever changes the limit: promises how many active users there are, and that nobody adds one until this transaction ends. */
export async function lockActiveUsers(tx: Tx, tenantId: string) {
  await lock(tx, 'pg_advisory_xact_lock', 'users of', tenantId);
  return countActive(tx, tenantId);
}

/** Two of them: who adds a user shares the first with all others who do, so that without a limit nobody waits. */
async function lock(
  tx: Tx,
  how: 'pg_advisory_xact_lock' | 'pg_advisory_xact_lock_shared',
  what: 'users of' | 'places of',
  tenantId: string,
) {
  await statementIn(tx, `select ${how}(hashtextextended($1::text || ' ' || $2::text, 0))`, [what, tenantId]);
}

function countActive(tx: Tx, tenantId: string) {
  return tx.$count(users, and(eq(users.tenantId, tenantId), eq(users.status, 'active')));
}

async function limitOf(tx: Tx, tenantId: string) {
  const [tenant] = await statementIn<{ most: number | null }>(
    tx,
    'select user_limit as most from tenants where id = $1::uuid',
    [tenantId],
  );
  return tenant?.most ?? null;
}
