import { and, desc, eq, gt, isNotNull, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { devices } from '@/db/schema/sign-in';
import { belongsToUser } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import { failure } from '@/lib/result';
import { browserOf } from '@/lib/sessions/browser';
import type { Tenant } from '@/lib/tenants/tenants';
import { inDays, inSeconds } from '@/lib/time';

/**
 * Remembers the user on this device if the policy allows it, and returns its token. Each sign-in
 * restarts the period.
 */
export async function rememberDevice(tx: Tx, tenantId: string, userId: string, cause: Cause): Promise<string> {
  const token = isToken(cause.device) ? cause.device : randomToken();
  // Asked in the same statement: switched off meanwhile, nothing is remembered.
  const kept = await tx.execute(sql`
    insert into devices (tenant_id, user_id, token_hash, remembered_until, address, user_agent)
      select tenant_id, ${userId}::uuid, ${hashToken(token)}, now() + make_interval(secs => ${inSeconds(LIFETIMES.rememberedDevice)}), ${cause.address}, ${cause.userAgent}
      from policies where tenant_id = ${tenantId} and remember_devices for share
    on conflict (tenant_id, user_id, token_hash) do update set
      remembered_until = excluded.remembered_until, address = excluded.address, user_agent = excluded.user_agent
    returning id`);
  if (kept.length > 0) {
    const event = { subjectId: userId, detail: { days: inDays(LIFETIMES.rememberedDevice) } };
    record(tx, tenantId, { ...cause, actorId: userId }, 'authn_device_remember', event);
  }
  return token;
}

/**
 * Returns whether the user is remembered on this device. mayRemember decides whether that counts.
 */
export async function isRemembered(tx: Tx, tenantId: string, userId: string, device: string | undefined) {
  if (!isToken(device)) return false;
  return (
    (await tx.$count(
      devices,
      and(belongsToUser(devices, tenantId, userId), eq(devices.tokenHash, hashToken(device)), isLive()),
    )) > 0
  );
}

/** Returns the devices that a user is remembered on, latest first. */
export async function listRemembered(tenant: Tenant, userId: string, device: string | undefined) {
  const own = isToken(device) ? hashToken(device) : null;
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: devices.id,
        tokenHash: devices.tokenHash,
        address: devices.address,
        userAgent: devices.userAgent,
        until: devices.rememberedUntil,
      })
      .from(devices)
      .where(and(belongsToUser(devices, tenant.id, userId), isLive()))
      .orderBy(desc(devices.rememberedUntil))
      .limit(100),
  );
  return rows.map(({ id, tokenHash, address, userAgent, until }) => ({
    id,
    address: address ?? '',
    browser: browserOf(userAgent ?? ''),
    until: until ?? new Date(0),
    own: own?.equals(tokenHash) ?? false,
  }));
}

/**
 * Forgets one of a user's own devices, or all of them if null, and returns how many. Fails with
 * `not-found`, also on another user's device.
 */
export async function forgetRemembered(tenant: Tenant, userId: string, deviceId: string | null, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const forgotten = await tx
      .update(devices)
      .set({ rememberedUntil: null })
      .where(
        and(
          belongsToUser(devices, tenant.id, userId),
          isNotNull(devices.rememberedUntil),
          deviceId ? eq(devices.id, deviceId) : undefined,
        ),
      )
      .returning({ id: devices.id });
    if (forgotten.length === 0 && deviceId) return failure('not-found');
    if (forgotten.length > 0) {
      const event = { subjectId: userId, detail: { forgotten: forgotten.length } };
      record(tx, tenant.id, cause, 'authn_device_forget', event);
    }
    return { ok: true, forgotten: forgotten.length } as const;
  });
}

function isLive() {
  return gt(devices.rememberedUntil, sql`now()`);
}
