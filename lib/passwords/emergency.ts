import { and, asc, eq, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { passwords, users } from '@/db/schema/users';
import type { Tenant } from '@/lib/tenants/tenants';

/** Promises the emergency accounts by name, and of each what it still lacks: one that works lets a company in when its provider does not. */
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
