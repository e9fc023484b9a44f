import { and, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { users } from '@/db/schema/users';
import { countRecoveryCodes } from '@/lib/credentials/recovery-codes';
import type { Tenant } from '@/lib/tenants/tenants';

/** Promises what Home tells a person: his sign-in before this one, and what of his account could be mended. */
export async function overview(tenant: Tenant, userId: string) {
  return withTenant(tenant.id, async (tx) => {
    const [[person], codesLeft] = await Promise.all([
      tx
        .select({
          at: users.previousSignInAt,
          address: users.previousSignInAddress,
          email: users.email,
          enrolledAt: totpSecrets.enrolledAt,
        })
        .from(users)
        .leftJoin(totpSecrets, and(eq(totpSecrets.tenantId, users.tenantId), eq(totpSecrets.userId, users.id)))
        .where(and(eq(users.tenantId, tenant.id), eq(users.id, userId))),
      countRecoveryCodes(tx, tenant.id, userId),
    ]);
    return {
      previousSignIn: person?.at ? { at: person.at, address: person.address } : null,
      secondFactor: Boolean(person?.enrolledAt),
      codesLeft,
      hasEmail: Boolean(person?.email),
    };
  });
}
