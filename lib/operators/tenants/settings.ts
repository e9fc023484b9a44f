import { and, eq, isNotNull } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { ENTITLEMENTS, type Entitlement, tenants } from '@/db/schema/tenants';
import { changesBetween } from '@/lib/audit/changes';
import type { Cause } from '@/lib/audit/record';
import { conflictWith, type Saved } from '@/lib/forms/version';
import { storableZone } from '@/lib/language/known-zones';
import type { Locale } from '@/lib/language/locale';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { checkTitle } from '@/lib/users/form';
import { lockActiveUsers } from '@/lib/users/user-limit';

const MOST_USERS = 1_000_000;

export type TenantSettings = { name: string; locale: Locale; timeZone: string; userLimit: number | null };

/** Returns what the form of the settings shows of what is saved. Pure. */
export function savedSettings({ name, locale, timeZone, userLimit }: TenantSettings): Saved {
  return { name, locale, timeZone, userLimit };
}

/** Returns what the form of the features shows of what is saved. Pure. */
export function savedEntitlements({ entitlements }: Pick<Tenant, 'entitlements'>): Saved {
  return Object.fromEntries(ENTITLEMENTS.map((name) => [name, entitlements.includes(name)]));
}

/**
 * Returns the name of the time zone to store. Fails at a field with `unprintable`, `name-link`,
 * `time-zone` or `out-of-bounds`.
 */
export async function judgeSettings(input: Pick<TenantSettings, 'name' | 'timeZone' | 'userLimit'>) {
  const { name, userLimit } = input;
  const misnamed = checkTitle(name, 'name');
  if (misnamed) return misnamed;
  const timeZone = await storableZone(input.timeZone);
  if (!timeZone) return failure('time-zone', { field: 'timeZone' });
  if (userLimit !== null && (!Number.isInteger(userLimit) || userLimit < 1 || userLimit > MOST_USERS))
    return failure('out-of-bounds', { field: 'userLimit', min: 1, max: MOST_USERS });
  return { ok: true, timeZone } as const;
}

/**
 * Changes a tenant's name, language, time zone and user limit. Fails as judgeSettings does, with
 * `limit-below` the number of users, and with `not-found`.
 */
export async function updateTenant(tenantId: string, input: TenantSettings, cause: Cause, version?: string) {
  const verdict = await judgeSettings(input);
  if (!verdict.ok) return verdict;
  const { name, locale, userLimit } = input;
  const { timeZone } = verdict;
  return withTenant(tenantId, async (tx) => {
    // Locked first, in the same order as when a user is added, to avoid a deadlock.
    const active = userLimit === null ? 0 : await lockActiveUsers(tx, tenantId);
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    const conflict = conflictWith(savedSettings(tenant), version);
    if (conflict) return conflict;
    if (userLimit !== null && userLimit < active) return failure('limit-below', { field: 'userLimit', count: active });
    const next = { name: name.trim(), locale, timeZone, userLimit };
    const changed = Object.entries(next).filter(([key, value]) => tenant[key as keyof typeof next] !== value);
    if (changed.length === 0) return { ok: true } as const;
    await tx.update(tenants).set(next).where(eq(tenants.id, tenantId));
    recordAtBoth(tx, tenant, cause, 'tenant_update', {
      ...changesBetween(tenant, next),
      what: 'settings',
    });
    return { ok: true } as const;
  });
}

/** Changes a tenant's entitlements, from the next request on. Fails with `not-found`. */
export async function setEntitlements(tenantId: string, entitlements: Entitlement[], cause: Cause, version?: string) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    const conflict = conflictWith(savedEntitlements(tenant), version);
    if (conflict) return conflict;
    const next = ENTITLEMENTS.filter((name) => entitlements.includes(name));
    if (next.join() === ENTITLEMENTS.filter((name) => tenant.entitlements.includes(name)).join())
      return { ok: true } as const;
    await tx.update(tenants).set({ entitlements: next }).where(eq(tenants.id, tenant.id));
    // Sessions that ended when the feature was withdrawn stay ended when it comes back.
    if (next.includes('single-sign-on') && !tenant.entitlements.includes('single-sign-on'))
      await tx.delete(sessions).where(and(eq(sessions.tenantId, tenant.id), isNotNull(sessions.connectionId)));
    recordAtBoth(tx, tenant, cause, 'tenant_update', {
      what: 'entitlements',
      name: next.join(', ') || '–',
      ...changesBetween(tenant, { entitlements: next }),
    });
    return { ok: true } as const;
  });
}

/** Switches one feature of a tenant. Fails with `not-found`. */
export async function setEntitlement(
  tenant: Pick<Tenant, 'id' | 'entitlements'>,
  name: Entitlement,
  on: boolean,
  cause: Cause,
) {
  const others = tenant.entitlements.filter((known) => known !== name);
  return setEntitlements(tenant.id, on ? [...others, name] : others, cause);
}

/** Returns a tenant's row, locked for the rest of the transaction. */
export async function lockTenant(tx: Tx, tenantId: string) {
  const [tenant] = await tx.select().from(tenants).where(eq(tenants.id, tenantId)).for('no key update');
  return tenant;
}
