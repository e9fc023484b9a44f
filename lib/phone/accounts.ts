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

const LONGEST_PASSWORD = 128;

/** Under what a person's account is sealed. */
export function accountContext(tenantId: string, userId: string) {
  return `phone-account|${tenantId}|${userId}`;
}

/** Promises whether a person needs an account of his own at the SIP server, and has one; undefined where nobody needs one. */
export async function findPhoneAccount(tenant: Tenant, asked: string) {
  if (!isEntitled(tenant, 'phone')) return undefined;
  const userId = readId(asked);
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

/** Promises how many active people with an extension have no account of their own, and so no phone. */
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
 * Keeps what opens a person's account at the SIP server: md5(extension:domain:password), sealed, and not the password. Fails with
 * `not-found`, `not-entitled`, `no-extension`, `phone-way` where accounts are not kept one by one, and `sip-password` at `password`.
 */
export async function setSipPassword(tenant: Tenant, asked: string, password: string, cause: Cause) {
  const userId = readId(asked);
  if (!userId) return failure('not-found');
  if (!isPassword(password)) return failure('sip-password', { field: 'password', max: LONGEST_PASSWORD });
  return withTenant(tenant.id, async (tx) => {
    const settings = await lockSettingsRow(tx, tenant.id);
    const person = await lockUserExtension(tx, tenant.id, userId);
    if (!person) return failure('not-found');
    if (!isEntitled(tenant, 'phone')) return failure('not-entitled');
    if (settings?.way !== 'per-user') return failure('phone-way');
    const { extension } = person;
    if (!extension) return failure('no-extension');
    const { domain } = settings;
    const ha1 = createHash('md5').update(`${extension}:${domain}:${password}`).digest('hex');
    const row = { extension, domain, sealedHa1: seal(ha1, accountContext(tenant.id, userId)), setAt: new Date() };
    await tx
      .insert(phoneAccounts)
      .values({ tenantId: tenant.id, userId, ...row })
      .onConflictDoUpdate({ target: [phoneAccounts.tenantId, phoneAccounts.userId], set: row });
    await record(tx, tenant.id, cause, 'phone_account_set', { subjectId: userId, detail: { extension, domain } });
    return { ok: true } as const;
  });
}

/** Takes a person's account away: his phone cannot register again. Fails with `not-found` where he had none. */
export async function removeSipPassword(tenant: Tenant, asked: string, cause: Cause) {
  const userId = readId(asked);
  if (!userId) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const gone = await tx
      .delete(phoneAccounts)
      .where(isAccountOf(tenant.id, userId))
      .returning({ extension: phoneAccounts.extension });
    if (!gone[0]) return failure('not-found');
    await record(tx, tenant.id, cause, 'phone_account_remove', { subjectId: userId, detail: { ...gone[0] } });
    return { ok: true } as const;
  });
}

function isPassword(text: string) {
  return text.length > 0 && text.length <= LONGEST_PASSWORD && !/\p{Cc}/u.test(text);
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
