import { and, eq, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { users } from '@/db/schema/users';

/**
 * Locks the tenant's active administrators in the order of their ids, so that the last two can
 * neither remove each other at the same moment nor deadlock.
 */
export async function lockAdministrators(tx: Tx, tenantId: string) {
  await tx.select({ id: users.id }).from(users).where(isAdministrator(tenantId)).orderBy(users.id).for('update');
}

/**
 * Returns whether an administrator other than `userId` can sign in. Call lockAdministrators first
 * so that the answer stays true.
 */
export async function hasOtherAdministrator(tx: Tx, tenantId: string, userId?: string) {
  const others = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(isAdministrator(tenantId), userId ? ne(users.id, userId) : undefined, canSignIn(tenantId)))
    .limit(1);
  return others.length > 0;
}

function isAdministrator(tenantId: string) {
  return and(eq(users.tenantId, tenantId), eq(users.role, 'administrator'), eq(users.status, 'active'));
}

/**
 * The condition under which a user of `users` can sign in: by a password that is neither expired
 * nor hidden (emergency accounts keep theirs, with a second factor), or by the account of a
 * connection in use. Being invited is not enough.
 */
function canSignIn(tenantId: string) {
  const isHidden = sql`(select y.password_hidden from policies y where y.tenant_id = ${tenantId})`;
  const hasFactor = sql`exists (select from totp_secrets s where s.tenant_id = ${tenantId} and s.user_id = users.id)`;
  const hasPassword = sql`exists (select from passwords p where p.tenant_id = ${tenantId} and p.user_id = users.id
    and (p.temporary_until is null or p.temporary_until > now()))`;
  const hasAccount = sql`exists (select from sso_links l
    join sso_connections c on c.tenant_id = ${tenantId} and c.id = l.connection_id
    join tenants t on t.id = ${tenantId} and 'single-sign-on' = any (t.entitlements)
    where l.tenant_id = ${tenantId} and l.user_id = users.id and c.enabled and c.state in ('beside', 'instead'))`;
  return sql`(${hasPassword} and (not ${isHidden} or users.emergency and ${hasFactor}) or ${hasAccount})`;
}
