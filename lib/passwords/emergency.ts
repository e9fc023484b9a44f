import { and, asc, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { totpSecrets } from '@/db/schema/second-factor';
import { passwords, users } from '@/db/schema/users';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Returns the emergency accounts by name; `works` if they can sign in while the provider is down.
 */
export async function listEmergencyAccounts(tenant: Tenant) {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: users.id,
        name: sql<string>`${users.firstName} || ' ' || ${users.lastName}`,
        username: users.username,
        active: sql<boolean>`${users.status} = 'active'`,
        hasPassword: sql<boolean>`${passwords.userId} is not null and ${passwords.temporaryUntil} is null`,
        hasSecondFactor: sql<boolean>`${totpSecrets.userId} is not null`,
      })
      .from(users)
      .leftJoin(passwords, and(eq(passwords.tenantId, users.tenantId), eq(passwords.userId, users.id)))
      .leftJoin(totpSecrets, and(eq(totpSecrets.tenantId, users.tenantId), eq(totpSecrets.userId, users.id)))
      .where(and(eq(users.tenantId, tenant.id), eq(users.emergency, true), eq(users.role, 'administrator')))
      .orderBy(asc(users.lastName), asc(users.firstName)),
  );
  return rows.map((row) => ({ ...row, works: row.active && row.hasPassword && row.hasSecondFactor }));
}

/**
 * Returns whether an emergency account other than `exceptId` works: active, with password and
 * second factor.
 */
export async function hasEmergencyAccount(tx: Tx, tenantId: string, exceptId?: string) {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .innerJoin(passwords, and(eq(passwords.tenantId, users.tenantId), eq(passwords.userId, users.id)))
    .innerJoin(totpSecrets, and(eq(totpSecrets.tenantId, users.tenantId), eq(totpSecrets.userId, users.id)))
    .where(
      and(
        eq(users.tenantId, tenantId),
        eq(users.emergency, true),
        eq(users.role, 'administrator'),
        eq(users.status, 'active'),
        sql`${passwords.temporaryUntil} is null`,
        exceptId ? sql`${users.id} <> ${exceptId}::uuid` : undefined,
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/**
 * Returns whether passwords are hidden and no other emergency account works. Locks the policy, so
 * that the answer stays true.
 */
export async function isLastEmergency(tx: Tx, tenantId: string, userId: string) {
  const [found] = await tx
    .select({ hidden: policies.passwordHidden, emergency: users.emergency })
    .from(policies)
    .innerJoin(users, and(eq(users.tenantId, policies.tenantId), eq(users.id, userId)))
    .where(eq(policies.tenantId, tenantId))
    .for('update', { of: policies });
  if (!found?.hidden || !found.emergency) return false;
  return !(await hasEmergencyAccount(tx, tenantId, userId));
}
