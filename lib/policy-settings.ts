import { eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { type Cause, record } from '@/lib/audit/record';
import { isEntitled } from '@/lib/permissions';
import { POLICY_BOUNDS, type Policy } from '@/lib/policies';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

/** What this page decides; how providers and passwords stand to each other is decided with the connections. */
type PolicyInput = Omit<Policy, 'ssoSecondFactor' | 'passwordHidden'>;

/** Stores what a tenant decides. Fails with `not-entitled`, or `out-of-bounds` at the field with `min` and `max`. */
export async function updatePolicy(tenant: Tenant, input: PolicyInput, cause: Cause) {
  if (!isEntitled(tenant, 'security-policies')) return failure('not-entitled');
  for (const [field, { min, max }] of Object.entries(POLICY_BOUNDS) as [
    keyof typeof POLICY_BOUNDS,
    { min: number; max: number },
  ][]) {
    if (!Number.isInteger(input[field]) || input[field] < min || input[field] > max)
      return failure('out-of-bounds', { field, min, max });
  }
  await withTenant(tenant.id, async (tx) => {
    await tx.update(policies).set(input).where(eq(policies.tenantId, tenant.id));
    await record(tx, tenant.id, cause, 'policy_update', { detail: { ...input } });
  });
  return { ok: true } as const;
}

/** Stores when the tenant's second factor is asked behind an identity provider. Fails with `not-entitled`. */
export async function setSsoSecondFactor(tenant: Tenant, ssoSecondFactor: Policy['ssoSecondFactor'], cause: Cause) {
  if (!isEntitled(tenant, 'single-sign-on')) return failure('not-entitled');
  await withTenant(tenant.id, async (tx) => {
    await tx.update(policies).set({ ssoSecondFactor }).where(eq(policies.tenantId, tenant.id));
    await record(tx, tenant.id, cause, 'policy_update', { detail: { ssoSecondFactor } });
  });
  return { ok: true } as const;
}
