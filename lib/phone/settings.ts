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

/** Under what the shared secret is sealed. */
export function secretContext(tenantId: string) {
  return `phone|${tenantId}`;
}

/** Promises how a tenant's phones find their SIP server, without the secret; undefined where nothing is set. */
export async function findPhoneSettings(tenant: Pick<Tenant, 'id'>): Promise<PhoneSettings | undefined> {
  const row = await withTenant(tenant.id, (tx) => findSettingsRow(tx, tenant.id));
  if (!row) return undefined;
  const { tenantId: _, sealedSecret, ...rest } = row;
  return { ...rest, hasSecret: sealedSecret !== null };
}

/**
 * Stores how a tenant's phones find their SIP server; an empty secret keeps the one there is. Another domain or another way makes every
 * person's own account useless, so these go, and are counted. Fails with `not-entitled`, and at a field as checkPhone does.
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
    const useless = input.way !== 'per-user' || before?.domain !== input.domain;
    const removed = useless ? await deleteAccounts(tx, tenant.id) : 0;
    await record(tx, tenant.id, cause, 'phone_settings_update', {
      detail: {
        ...changesBetween(before, input),
        ...(secret ? { secret: 'changed' } : {}),
        ...(removed ? { removed } : {}),
      },
    });
    return { ok: true } as const;
  });
}

/** Returns what the form shows of what is saved; nothing where nothing is. Pure. */
export function formValuesOf(saved: Omit<PhoneSettings, 'hasSecret'> | undefined): Saved {
  if (!saved) return {};
  const { domain, socket, country, way, otherDomains, wrapUpSeconds } = saved;
  return { domain, socket, country, way, iceServers: saved.iceServers.join('\n'), otherDomains, wrapUpSeconds };
}

/** Takes the phone from everybody of a tenant: settings, secret and accounts are gone. Fails with `not-found` where there were none. */
export async function removePhoneSettings(tenant: Pick<Tenant, 'id'>, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const gone = await tx
      .delete(phoneSettings)
      .where(eq(phoneSettings.tenantId, tenant.id))
      .returning({ domain: phoneSettings.domain });
    if (!gone[0]) return failure('not-found');
    const removed = await deleteAccounts(tx, tenant.id);
    await record(tx, tenant.id, cause, 'phone_settings_remove', { detail: { domain: gone[0].domain, removed } });
    return { ok: true } as const;
  });
}

/** Promises the row as it is kept. */
export async function findSettingsRow(tx: Tx, tenantId: string) {
  const [row] = await tx.select().from(phoneSettings).where(eq(phoneSettings.tenantId, tenantId));
  return row;
}

/** Promises the row as it is kept and as it stays until this transaction ends. */
export async function lockSettingsRow(tx: Tx, tenantId: string) {
  const [row] = await tx.select().from(phoneSettings).where(eq(phoneSettings.tenantId, tenantId)).for('update');
  return row;
}

/** A secret that opens nothing any more is not kept for later. */
function keptSecret(
  before: typeof phoneSettings.$inferSelect | undefined,
  { way, iceServers }: Omit<PhoneInput, 'secret'>,
) {
  return way === 'ephemeral' || iceServers.some(isTurn) ? (before?.sealedSecret ?? null) : null;
}

async function deleteAccounts(tx: Tx, tenantId: string) {
  const gone = await tx
    .delete(phoneAccounts)
    .where(eq(phoneAccounts.tenantId, tenantId))
    .returning({ userId: phoneAccounts.userId });
  return gone.length;
}
