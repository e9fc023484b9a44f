import { eq, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { tenants } from '@/db/schema/tenants';
import type { Policy } from '@/lib/policies/policy';
import type { Tenant } from '@/lib/tenants/tenants';

/** Returns a tenant's policy, where it was not loaded with the session. */
export async function findPolicy(tenant: Pick<Tenant, 'id'>): Promise<Policy> {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        policy: policies,
        entitlements: tenants.entitlements,
        ahead: sql<boolean>`coalesce(${policies.secondFactorFrom} > now(), false)`,
      })
      .from(policies)
      .innerJoin(tenants, eq(tenants.id, policies.tenantId))
      .where(eq(policies.tenantId, tenant.id)),
  );
  if (!row) throw new Error('a tenant without a policy');
  const { policy, entitlements, ahead } = row;
  const isAhead = policy.secondFactor === 'required' && ahead;
  return {
    ...policy,
    secondFactor: isAhead ? 'optional' : policy.secondFactor,
    secondFactorFrom: isAhead ? policy.secondFactorFrom : null,
    passwordHidden: policy.passwordHidden && entitlements.includes('single-sign-on'),
  };
}
