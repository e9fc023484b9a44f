import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { statementIn, type Tx, withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { devices } from '@/db/schema/sign-in';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { conflictWith } from '@/lib/forms/version';
import { zoneInUse } from '@/lib/language/known-zones';
import { dayIn, startOfDay } from '@/lib/language/time-zones';
import { POLICY_BOUNDS, type Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';

/** What this page decides; how providers and passwords stand to each other is decided with the connections. */
export type PolicyInput = Omit<Policy, 'ssoSecondFactor' | 'passwordHidden' | 'secondFactorFrom'> & {
  /** A day in the tenant's time zone, as `2026-12-01`; null for at once. It counts only with `required`. */
  secondFactorFrom: string | null;
};

/** Who asks, and from which session: he is not let out by his own hand. */
type Asker = { userId: string; sessionId: string; address: string };

/** Whom a policy would touch if it were saved now. */
export type PolicyEffect = {
  people: number;
  withSecondFactor: number;
  withoutSecondFactor: number;
  withoutEmail: number;
  /** People who would lose a session, and whether the asker is one of them. */
  signedOut: number;
  youSignedOut: boolean;
  /** People whose last known address lies outside, and whether the asker's does. */
  outside: number;
  youOutside: boolean;
  administrators: number;
  administratorsInside: number;
  /** Remembered devices today. */
  remembered: number;
};

/**
 * Returns the policy as it was decided, with a later day of the second factor, its version, and the
 * tenant's time zone where that is unknown and days are those of UTC.
 */
export async function storedPolicy(tenant: Tenant) {
  const { timeZone, unknownZone } = zoneInUse(tenant.timeZone);
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        policy: policies,
        // A day that has come is no more of a day than none.
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

/** Promises a short text that only the same values over the same version have. Pure; no secret, it ties a preview to what is then saved. */
export function confirmationOf(input: PolicyInput, version: string) {
  const values = Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([version, values]))
    .digest('base64url');
}

/** Promises what a policy would bring about, without saving anything. Fails as updatePolicy does, but for what it may show as an effect. */
export async function previewPolicy(tenant: Tenant, input: PolicyInput, asker: Asker) {
  const refused = refusal(tenant, input);
  if (refused) return refused;
  return withTenant(tenant.id, async (tx) => {
    const from = await dayOf(tx, tenant, input);
    if (!from.ok) return from;
    return { ok: true, effect: await effectOf(tx, tenant, input, from.at, asker) } as const;
  });
}

/**
 * Stores what a tenant decides. Fails with `not-entitled`; `out-of-bounds` at the field with `min` and `max`; `day-form` at the day;
 * `edit-conflict` where `version` is not the one in force any more; `outside-yourself` where the asker could not go on, and
 * `locks-everyone-out` where no administrator could come in. Devices are forgotten where none is remembered any more.
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
    const mine = eq(policies.tenantId, tenant.id);
    const [live] = await tx.select().from(policies).where(mine).for('update');
    if (version !== undefined && live?.version !== version) return failure('edit-conflict');
    const from = await dayOf(tx, tenant, input);
    if (!from.ok) return from;
    const effect = await effectOf(tx, tenant, input, from.at, asker);
    if (effect.youOutside) return failure('outside-yourself', { field: 'networks', address: asker?.address ?? '' });
    if (effect.administratorsInside === 0 && input.networks.length > 0)
      return failure('locks-everyone-out', { field: 'networks' });
    await tx
      .update(policies)
      .set({ ...input, secondFactorFrom: from.at, version: sql`${policies.version} + 1` })
      .where(mine);
    if (!input.rememberDevices) {
      await tx
        .update(devices)
        .set({ rememberedUntil: null })
        .where(and(eq(devices.tenantId, tenant.id), sql`${devices.rememberedUntil} is not null`));
    }
    const next = { ...input, secondFactorFrom: from.at && new Date(from.at) };
    await record(tx, tenant.id, cause, 'policy_update', { detail: changesBetween(live, next) });
    return { ok: true } as const;
  });
}

function refusal(tenant: Tenant, input: PolicyInput) {
  if (!isEntitled(tenant, 'security-policies')) return failure('not-entitled');
  for (const [field, { min, max }] of Object.entries(POLICY_BOUNDS) as [
    keyof typeof POLICY_BOUNDS,
    { min: number; max: number },
  ][]) {
    if (!Number.isInteger(input[field]) || input[field] < min || input[field] > max)
      return failure('out-of-bounds', { field, min, max });
  }
  return undefined;
}

/** The moment at which a day begins for the tenant; null for today and before. At most a year ahead. */
async function dayOf(tx: Tx, tenant: Tenant, { secondFactor, secondFactorFrom: day }: PolicyInput) {
  if (secondFactor !== 'required' || !day) return { ok: true, at: null } as const;
  const wrong = failure('day-form', { field: 'secondFactorFrom' });
  if (!/^20\d\d-\d\d-\d\d$/.test(day) || new Date(`${day}T00:00Z`).toJSON()?.slice(0, 10) !== day) return wrong;
  const at = startOfDay(day, zoneInUse(tenant.timeZone).timeZone).toISOString();
  const [row] = await statementIn<{ ahead: boolean; far: boolean }>(
    tx,
    `select d.at > now() as ahead, d.at > now() + interval '366 days' as far
     from (select $1::text::timestamptz as at) d`,
    [at],
  );
  if (!row || row.far) return wrong;
  return { ok: true, at: row.ahead ? at : null } as const;
}

async function effectOf(tx: Tx, tenant: Tenant, input: PolicyInput, from: string | null, asker: Asker | undefined) {
  const change = {
    second_factor: input.secondFactor,
    second_factor_from: from,
    networks: input.networks,
    idle_minutes: input.idleMinutes,
    absolute_minutes: input.absoluteMinutes,
    call_grace_minutes: input.callGraceMinutes,
  };
  const [row] = await statementIn<{ effect: PolicyEffect }>(
    tx,
    'select preview_policy($1::uuid, $2::text::jsonb, $3::uuid, $4::uuid, $5) as effect',
    [tenant.id, JSON.stringify(change), asker?.userId ?? null, asker?.sessionId ?? null, asker?.address ?? null],
  );
  if (!row) throw new Error('no answer from preview_policy');
  return row.effect;
}

/** Stores when the tenant's second factor is asked behind an identity provider. Fails with `not-entitled`. */
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
    await record(tx, tenant.id, cause, 'policy_update', { detail: changesBetween(now, { ssoSecondFactor }) });
    return { ok: true } as const;
  });
}
