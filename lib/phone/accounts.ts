import { createHash } from 'node:crypto';
import { and, count, eq, isNotNull, isNull } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { phoneAccounts } from '@/db/schema/phone';
import { isUser, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { seal } from '@/lib/crypto';
import { readId } from '@/lib/ids';
import { findSettingsRow, lockSettingsRow } from '@/lib/phone/settings';
import { failure } from '@/lib/result';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';

const MAX_PASSWORD_LENGTH = 128;

/** Returns the encryption context of a user's SIP account. */
export function accountContext(tenantId: string, userId: string) {
  return `phone-account|${tenantId}|${userId}`;
}

/**
 * Returns the SIP domain and when the user's own account was set; undefined where the tenant does
 * not use accounts per user.
 */
export async function findPhoneAccount(tenant: Tenant, id: string) {
  if (!isEntitled(tenant, 'phone')) return undefined;
  const userId = readId(id);
  if (!userId) return undefined;
  return withTenant(tenant.id, async (tx) => {
    const settings = await findSettingsRow(tx, tenant.id);
    if (settings?.way !== 'per-user') return undefined;
    const [account] = await tx
      .select({ setAt: phoneAccounts.setAt, extension: phoneAccounts.extension })
      .from(phoneAccounts)
      .where(isAccountOf(tenant.id, userId));
    return { domain: settings.domain, setAt: account?.setAt ?? null };
  });
}

/** Returns how many active users with an extension have no SIP account, and so no phone. */
export async function countWithoutAccount(tenant: Pick<Tenant, 'id'>) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ count: count() })
      .from(users)
      .leftJoin(phoneAccounts, and(eq(phoneAccounts.tenantId, users.tenantId), eq(phoneAccounts.userId, users.id)))
      .where(
        and(
          eq(users.tenantId, tenant.id),
          eq(users.status, 'active'),
          isNotNull(users.extension),
          isNull(phoneAccounts.userId),
        ),
      ),
  );
  return row?.count ?? 0;
}

/**
 * Stores the digest of a user's SIP password, md5(extension:domain:password), encrypted. Fails with
 * `not-found`, `not-entitled`, `no-extension`, `phone-way` where the tenant does not use accounts
 * per user, and `sip-password` at `password`.
 */
export async function setSipPassword(tenant: Tenant, id: string, password: string, cause: Cause) {
  const userId = readId(id);
  if (!userId) return failure('not-found');
  if (!isPassword(password)) return failure('sip-password', { field: 'password', max: MAX_PASSWORD_LENGTH });
  return withTenant(tenant.id, async (tx) => {
    const settings = await lockSettingsRow(tx, tenant.id);
    const user = await lockUserExtension(tx, tenant.id, userId);
    if (!user) return failure('not-found');
    if (!isEntitled(tenant, 'phone')) return failure('not-entitled');
    if (settings?.way !== 'per-user') return failure('phone-way');
    const { extension } = user;
    if (!extension) return failure('no-extension');
    const { domain } = settings;
    const ha1 = createHash('md5').update(`${extension}:${domain}:${password}`).digest('hex');
    const row = { extension, domain, sealedHa1: seal(ha1, accountContext(tenant.id, userId)), setAt: new Date() };
    await tx
      .insert(phoneAccounts)
      .values({ tenantId: tenant.id, userId, ...row })
      .onConflictDoUpdate({ target: [phoneAccounts.tenantId, phoneAccounts.userId], set: row });
    record(tx, tenant.id, cause, 'phone_account_set', { subjectId: userId, detail: { extension, domain } });
    return { ok: true } as const;
  });
}

/** Removes a user's SIP account, so that the phone cannot register. Fails with `not-found`. */
export async function removeSipPassword(tenant: Tenant, id: string, cause: Cause) {
  const userId = readId(id);
  if (!userId) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const deleted = await tx
      .delete(phoneAccounts)
      .where(isAccountOf(tenant.id, userId))
      .returning({ extension: phoneAccounts.extension });
    if (!deleted[0]) return failure('not-found');
    record(tx, tenant.id, cause, 'phone_account_remove', { subjectId: userId, detail: { ...deleted[0] } });
    return { ok: true } as const;
  });
}

function isPassword(text: string) {
  return text.length > 0 && text.length <= MAX_PASSWORD_LENGTH && !/\p{Cc}/u.test(text);
}

async function lockUserExtension(tx: Tx, tenantId: string, userId: string) {
  const [row] = await tx
    .select({ extension: users.extension })
    .from(users)
    .where(isUser(tenantId, userId))
    .for('update');
  return row;
}

function isAccountOf(tenantId: string, userId: string) {
  return and(eq(phoneAccounts.tenantId, tenantId), eq(phoneAccounts.userId, userId));
}
