import { randomBytes } from 'node:crypto';
import { withTenant } from '@/db';
import type { Entitlement } from '@/db/schema/tenants';
import type { Cause } from '@/lib/audit/record';
import { env } from '@/lib/env';
import type { Locale } from '@/lib/language/locale';
import { createEmptyTenant } from '@/lib/operators/tenants/create';
import type { Policy } from '@/lib/policies/policy';
import { activate } from '@/lib/second-factor/enrollment';
import { forgetNewCodes, newCodesOf } from '@/lib/second-factor/recovery-codes';
import { newTotpSecret } from '@/lib/second-factor/totp';
import type { Tenant } from '@/lib/tenants/tenants';
import { createUser, type NewUser } from '@/lib/users/users';

export const PASSWORD = 'quiet otter lagoon 47';
export const NEW_PASSWORD = 'violet marble harvest 92';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

/** Returns a tenant that no other test knows. Its people see it at `host`. */
export async function newTenant({
  accountId = `t-${randomBytes(5).toString('hex')}`,
  name = 'Copper Kettle Works',
  entitlements = ['security-policies'],
  ...more
}: {
  accountId?: string;
  name?: string;
  locale?: Locale;
  domain?: string;
  entitlements?: Entitlement[];
  policy?: Partial<Policy>;
} = {}) {
  const made = await createEmptyTenant({ accountId, name, entitlements, ...more });
  if (!made.ok) throw new Error(`no tenant ${accountId}: ${made.error}`);
  return { ...made.tenant, host: hostOf(made.tenant) };
}

/** How a browser names a tenant's address. */
export function hostOf(tenant: Pick<Tenant, 'slug' | 'domain'>) {
  return tenant.domain ?? `${tenant.slug}.${env().publicUrl.host}`;
}

export type Person = { id: string; username: string; extension: string | null; email: string | null; password: string };

let made = 0;

/** Returns a user with a password, and by default an address to mail to. */
export async function newUser(tenant: Tenant, more: Partial<NewUser> = {}): Promise<Person> {
  made += 1;
  const username = more.username ?? `person${made}`;
  const person = {
    username,
    extension: String(2000 + made),
    firstName: 'Robin',
    lastName: 'Achterberg',
    email: `${username}@${tenant.slug}.example`,
    password: PASSWORD,
    ...more,
  };
  const user = await createUser(tenant, person, cause);
  if (!user.ok) throw new Error(`no user ${username}: ${user.error}`);
  return { id: user.id, username, extension: person.extension, email: person.email, password: person.password };
}

/**
 * Returns the secret and recovery codes of a second factor just switched on, as if enrolled a
 * while ago.
 */
export async function enrolled(tenant: Tenant, user: Pick<Person, 'id'>) {
  const secret = newTotpSecret();
  const codes = await withTenant(tenant.id, async (tx) => {
    await activate(tx, tenant.id, { userId: user.id, sessionId: null }, { secret, step: 0 }, cause);
    const fresh = (await newCodesOf(tx, tenant.id, user.id, null)) ?? [];
    await forgetNewCodes(tx, tenant.id, user.id, null);
    return fresh;
  });
  return { secret, codes };
}
