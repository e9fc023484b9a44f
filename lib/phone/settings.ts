import { eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { phoneAccounts, phoneSettings } from '@/db/schema/phone';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { seal } from '@/lib/crypto';
import { conflictWith, type Saved } from '@/lib/forms/version';
import { checkPhone, isTurn, type PhoneInput } from '@/lib/phone/settings-form';
import { failure } from '@/lib/result';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';

export type PhoneSettings = Omit<typeof phoneSettings.$inferSelect, 'tenantId' | 'sealedSecret'> & {
  hasSecret: boolean;
};

/** Returns the encryption context of the shared secret. */
export function secretContext(tenantId: string) {
  return `phone|${tenantId}`;
}

/** Returns a tenant's phone settings without the secret, or undefined where there are none. */
export async function findPhoneSettings(tenant: Pick<Tenant, 'id'>): Promise<PhoneSettings | undefined> {
  const row = await withTenant(tenant.id, (tx) => findSettingsRow(tx, tenant.id));
  if (!row) return undefined;
  const { tenantId: _, sealedSecret, ...rest } = row;
  return { ...rest, hasSecret: sealedSecret !== null };
}

/**
 * Stores a tenant's phone settings; an empty secret keeps the current one. A new domain or
 * credential type invalidates the users' SIP accounts, so they are deleted. Fails with
 * `not-entitled`, with a version conflict, and at a field as checkPhone does.
 */
export async function savePhoneSettings(
  tenant: Tenant,
  { secret, ...input }: PhoneInput,
  cause: Cause,
  version?: string,
) {
  if (!isEntitled(tenant, 'phone')) return failure('not-entitled');
  return withTenant(tenant.id, async (tx) => {
    await tx.execute(sql`select 1 from tenants where id = ${tenant.id} for update`);
    const before = await lockSettingsRow(tx, tenant.id);
    const conflict = conflictWith(formValuesOf(before), version);
    if (conflict) return conflict;
    const checked = checkPhone({ ...input, secret }, Boolean(before?.sealedSecret));
    if (!checked.ok) return checked;
    const sealedSecret = secret ? seal(secret, secretContext(tenant.id)) : keptSecret(before, input);
    const row = { ...input, sealedSecret };
    await tx
      .insert(phoneSettings)
      .values({ tenantId: tenant.id, ...row })
      .onConflictDoUpdate({ target: phoneSettings.tenantId, set: row });
    const isInvalidating = input.way !== 'per-user' || before?.domain !== input.domain;
    const removed = isInvalidating ? await deleteAccounts(tx, tenant.id) : 0;
    record(tx, tenant.id, cause, 'phone_settings_update', {
      detail: {
        ...changesBetween(before, input),
        ...(secret ? { secret: 'changed' } : {}),
        ...(removed ? { removed } : {}),
      },
    });
    return { ok: true } as const;
  });
}

/** Returns the values of the form for the saved settings; empty where there are none. */
export function formValuesOf(saved: Omit<PhoneSettings, 'hasSecret'> | undefined): Saved {
  if (!saved) return {};
  const { domain, socket, country, way, otherDomains, wrapUpSeconds } = saved;
  return { domain, socket, country, way, iceServers: saved.iceServers.join('\n'), otherDomains, wrapUpSeconds };
}

/**
 * Removes a tenant's phone settings, with the secret and all SIP accounts. Fails with `not-found`.
 */
export async function removePhoneSettings(tenant: Pick<Tenant, 'id'>, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const deleted = await tx
      .delete(phoneSettings)
      .where(eq(phoneSettings.tenantId, tenant.id))
      .returning({ domain: phoneSettings.domain });
    if (!deleted[0]) return failure('not-found');
    const removed = await deleteAccounts(tx, tenant.id);
    record(tx, tenant.id, cause, 'phone_settings_remove', { detail: { domain: deleted[0].domain, removed } });
    return { ok: true } as const;
  });
}

/** Returns the stored row with its encrypted secret. */
export async function findSettingsRow(tx: Tx, tenantId: string) {
  const [row] = await tx.select().from(phoneSettings).where(eq(phoneSettings.tenantId, tenantId));
  return row;
}

/** Returns the stored row, locked until the transaction ends. */
export async function lockSettingsRow(tx: Tx, tenantId: string) {
  const [row] = await tx.select().from(phoneSettings).where(eq(phoneSettings.tenantId, tenantId)).for('update');
  return row;
}

/** Drops a secret that the new settings do not use. */
function keptSecret(
  before: typeof phoneSettings.$inferSelect | undefined,
  { way, iceServers }: Omit<PhoneInput, 'secret'>,
) {
  return way === 'ephemeral' || iceServers.some(isTurn) ? (before?.sealedSecret ?? null) : null;
}

async function deleteAccounts(tx: Tx, tenantId: string) {
  const deleted = await tx
    .delete(phoneAccounts)
    .where(eq(phoneAccounts.tenantId, tenantId))
    .returning({ userId: phoneAccounts.userId });
  return deleted.length;
}
