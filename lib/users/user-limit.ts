import { and, eq } from 'drizzle-orm';
import { statementIn, type Tx } from '@/db';
import { users } from '@/db/schema/users';

/**
 * Returns how many users may still be added, Infinity without a limit. Until the transaction ends
 * no other changes the limit or, where there is one, adds a user.
 */
export async function lockRemainingUsers(tx: Tx, tenantId: string) {
  await lock(tx, 'pg_advisory_xact_lock_shared', 'users of', tenantId);
  const most = await limitOf(tx, tenantId);
  if (most === null) return Number.POSITIVE_INFINITY;
  await lock(tx, 'pg_advisory_xact_lock', 'places of', tenantId);
  return most - (await countActive(tx, tenantId));
}

/** Returns the same without a lock. */
export async function countRemainingUsers(tx: Tx, tenantId: string) {
  const most = await limitOf(tx, tenantId);
  return most === null ? Number.POSITIVE_INFINITY : most - (await countActive(tx, tenantId));
}

/**
 * Returns how many users are active; until the transaction ends no other adds one. For changes of
 * the limit.
 */
export async function lockActiveUsers(tx: Tx, tenantId: string) {
  await lock(tx, 'pg_advisory_xact_lock', 'users of', tenantId);
  return countActive(tx, tenantId);
}

/**
 * Two locks: adding users shares `users of`, so that without a limit additions do not wait for each
 * other.
 */
async function lock(
  tx: Tx,
  mode: 'pg_advisory_xact_lock' | 'pg_advisory_xact_lock_shared',
  name: 'users of' | 'places of',
  tenantId: string,
) {
  await statementIn(tx, `select ${mode}(hashtextextended($1::text || ' ' || $2::text, 0))`, [name, tenantId]);
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
