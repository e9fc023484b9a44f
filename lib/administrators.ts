import { and, eq, ne } from 'drizzle-orm';
import type { Tx } from '@/db';
import { users } from '@/db/schema/users';

/** Locks the tenant's active administrators, always in the same order: the last two can neither remove each other at the same moment, nor wait for each other. */
export async function lockAdministrators(tx: Tx, tenantId: string) {
  await tx.select({ id: users.id }).from(users).where(isAdministrator(tenantId)).orderBy(users.id).for('update');
}

/** Promises whether somebody else is in charge too. Locked before, so that it stays true. */
export async function hasOtherAdministrator(tx: Tx, tenantId: string, userId: string) {
  const others = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(isAdministrator(tenantId), ne(users.id, userId)))
    .limit(1);
  return others.length > 0;
}

function isAdministrator(tenantId: string) {
  return and(eq(users.tenantId, tenantId), eq(users.role, 'administrator'), eq(users.status, 'active'));
}
