import { createHash } from 'node:crypto';
import { statementIn, type Tx, withTenant } from '@/db';
import { zoneInUse } from '@/lib/language/known-zones';
import { startOfDay } from '@/lib/language/time-zones';
import { POLICY_BOUNDS, type Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';

/** What the security page stores; the connections' pages store the rest. */
export type PolicyInput = Omit<Policy, 'ssoSecondFactor' | 'passwordHidden' | 'secondFactorFrom'> & {
  /** A day in the tenant's time zone, as `2026-12-01`; null for now. Used only with `required`. */
  secondFactorFrom: string | null;
};

/** The administrator and their session, whom a policy must not lock out. */
export type Asker = { userId: string; sessionId: string; address: string };

/** The users that a policy would affect if it were stored now. */
export type PolicyEffect = {
  people: number;
  withSecondFactor: number;
  withoutSecondFactor: number;
  withoutEmail: number;
  /** Users who would lose a session, and whether the asker is one of them. */
  signedOut: number;
  youSignedOut: boolean;
  /** Users whose last known address is outside, and whether the asker's is. */
  outside: number;
  youOutside: boolean;
  administrators: number;
  administratorsInside: number;
  /** Remembered devices now. */
  remembered: number;
};

/**
 * Returns what a policy would affect, without storing it. Fails with `not-entitled`,
 * `out-of-bounds` at the field with `min` and `max`, and `day-form`.
 */
export async function previewPolicy(tenant: Tenant, input: PolicyInput, asker: Asker) {
  const refused = refusal(tenant, input);
  if (refused) return refused;
  return withTenant(tenant.id, async (tx) => {
    const from = await dayOf(tx, tenant, input);
    if (!from.ok) return from;
    return { ok: true, effect: await effectOf(tx, tenant.id, input, from.at, asker) } as const;
  });
}

export function refusal(tenant: Tenant, input: PolicyInput) {
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

/** Returns when a day begins for the tenant; null for today and before. Fails over a year ahead. */
export async function dayOf(tx: Tx, tenant: Tenant, { secondFactor, secondFactorFrom: day }: PolicyInput) {
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

export async function effectOf(
  tx: Tx,
  tenantId: string,
  input: PolicyInput,
  from: string | null,
  asker: Asker | undefined,
) {
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
    [tenantId, JSON.stringify(change), asker?.userId ?? null, asker?.sessionId ?? null, asker?.address ?? null],
  );
  if (!row) throw new Error('no answer from preview_policy');
  return row.effect;
}

/**
 * Returns a hash of the values and version, which ties a preview to what is then saved. Not a
 * secret.
 */
export function confirmationOf(input: PolicyInput, version: string) {
  const values = Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([version, values]))
    .digest('base64url');
}
