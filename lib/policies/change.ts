import { and, eq, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { devices } from '@/db/schema/sign-in';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { conflictWith } from '@/lib/forms/version';
import { zoneInUse } from '@/lib/language/known-zones';
import { dayIn } from '@/lib/language/time-zones';
import type { Policy } from '@/lib/policies/policy';
import { type Asker, dayOf, effectOf, type PolicyInput, refusal } from '@/lib/policies/preview';
import { failure } from '@/lib/result';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Returns the stored policy with its version, the day of a later second factor, and the tenant's
 * time zone where it is unknown and days are in UTC.
 */
export async function storedPolicy(tenant: Tenant) {
  const { timeZone, unknownZone } = zoneInUse(tenant.timeZone);
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        policy: policies,
        from: sql<string | null>`case when ${policies.secondFactorFrom} > now()
          then floor(extract(epoch from ${policies.secondFactorFrom}) * 1000)::bigint end`,
      })
      .from(policies)
      .where(eq(policies.tenantId, tenant.id)),
  );
  if (!row) throw new Error('a tenant without a policy');
  const secondFactorFrom = row.from === null ? null : dayIn(timeZone, new Date(Number(row.from)));
  return { ...row.policy, secondFactorFrom, unknownZone };
}

/**
 * Stores a policy. Fails as previewPolicy does; with `edit-conflict` where `version` is outdated,
 * with `outside-yourself` where the asker would be locked out, and with `locks-everyone-out`.
 */
export async function updatePolicy(
  tenant: Tenant,
  input: PolicyInput,
  cause: Cause,
  { asker, version }: { asker?: Asker; version?: number } = {},
) {
  const refused = refusal(tenant, input);
  if (refused) return refused;
  return withTenant(tenant.id, async (tx) => {
    const isOwn = eq(policies.tenantId, tenant.id);
    const [live] = await tx.select().from(policies).where(isOwn).for('update');
    if (version !== undefined && live?.version !== version) return failure('edit-conflict');
    const from = await dayOf(tx, tenant, input);
    if (!from.ok) return from;
    const effect = await effectOf(tx, tenant.id, input, from.at, asker);
    if (effect.youOutside) return failure('outside-yourself', { field: 'networks', address: asker?.address ?? '' });
    if (effect.administratorsInside === 0 && input.networks.length > 0)
      return failure('locks-everyone-out', { field: 'networks' });
    await tx
      .update(policies)
      .set({ ...input, secondFactorFrom: from.at, version: sql`${policies.version} + 1` })
      .where(isOwn);
    if (!input.rememberDevices) {
      await tx
        .update(devices)
        .set({ rememberedUntil: null })
        .where(and(eq(devices.tenantId, tenant.id), sql`${devices.rememberedUntil} is not null`));
    }
    const next = { ...input, secondFactorFrom: from.at && new Date(from.at) };
    record(tx, tenant.id, cause, 'policy_update', { detail: changesBetween(live, next) });
    return { ok: true } as const;
  });
}

/**
 * Stores when the tenant's second factor is required after single sign-on. Fails with
 * `not-entitled`.
 */
export async function setSsoSecondFactor(
  tenant: Tenant,
  ssoSecondFactor: Policy['ssoSecondFactor'],
  cause: Cause,
  version?: string,
) {
  if (!isEntitled(tenant, 'single-sign-on')) return failure('not-entitled');
  return withTenant(tenant.id, async (tx) => {
    const [now] = await tx.select().from(policies).where(eq(policies.tenantId, tenant.id)).for('update');
    const conflict = now && conflictWith({ ssoSecondFactor: now.ssoSecondFactor }, version);
    if (conflict) return conflict;
    await tx.update(policies).set({ ssoSecondFactor }).where(eq(policies.tenantId, tenant.id));
    record(tx, tenant.id, cause, 'policy_update', { detail: changesBetween(now, { ssoSecondFactor }) });
    return { ok: true } as const;
  });
}
