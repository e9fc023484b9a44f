import { randomUUID } from 'node:crypto';
import { type Tx, withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { type Entitlement, tenants } from '@/db/schema/tenants';
import type { Cause } from '@/lib/audit/record';
import { mailFailure } from '@/lib/emails/limits';
import type { Locale } from '@/lib/language/locale';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import { judgeSettings, type TenantSettings } from '@/lib/operators/tenants/settings';
import { DEFAULT_POLICY, type Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { parseAccountId } from '@/lib/tenants/host';
import type { Tenant } from '@/lib/tenants/tenants';
import { checkName, isEmail, isUsername } from '@/lib/users/form';
import { mailInvitation } from '@/lib/users/invite';
import { addUser } from '@/lib/users/users';

type FirstAdministrator = { username: string; firstName: string; lastName: string; email: string };

/**
 * Creates a tenant with its first administrator and emails an invitation to them, or does nothing.
 * Fails at a field with `account-id`, `taken`, `username`, `email` or `too-many-mails`, and as
 * judgeSettings does.
 */
export async function createTenantWithInvitation(
  {
    administrator,
    ...input
  }: Omit<NewTenant, 'domain' | 'policy'> & TenantSettings & { administrator: FirstAdministrator },
  cause: Cause,
) {
  const username = administrator.username.trim().toLowerCase();
  const verdict = await judgeSettings(input);
  if (!verdict.ok) return verdict;
  const { firstName, lastName } = administrator;
  const misnamed = checkName(firstName, 'firstName') ?? checkName(lastName, 'lastName');
  if (misnamed) return misnamed;
  if (!isUsername(username)) return failure('username', { field: 'username' });
  if (!isEmail(administrator.email)) return failure('email', { field: 'email' });
  const id = randomUUID();
  return withTenant(id, async (tx) => {
    const made = await addTenant(tx, id, { ...input, timeZone: verdict.timeZone });
    if (!made.ok) return made;
    const { tenant } = made;
    const user = { ...administrator, username, role: 'administrator' } as const;
    const userId = await addUser(tx, id, user, { ...cause, actorId: null }, { operator: true });
    if (!userId) throw new Error('a new tenant had a user already');
    await mailInvitation(tx, id, userId, cause);
    recordAtBoth(tx, tenant, cause, 'tenant_create', {
      name: tenant.name,
      entitlements: tenant.entitlements.join(' '),
    });
    return { ok: true, tenant, userId } as const;
  }).catch(mailFailure('email'));
}

export type NewTenant = {
  accountId: string;
  name: string;
  locale?: Locale;
  timeZone?: string;
  domain?: string;
  entitlements?: Entitlement[];
  userLimit?: number | null;
  policy?: Partial<Policy>;
};

/**
 * Creates a tenant with its policy and without users, for demonstrations. Fails with `account-id`
 * (invalid or reserved) or `taken`.
 */
export async function createEmptyTenant(input: NewTenant) {
  const id = randomUUID();
  return withTenant(id, (tx) => addTenant(tx, id, input));
}

/** Inserts a tenant with its policy. Fails as createEmptyTenant does. */
async function addTenant(tx: Tx, id: string, { policy, ...input }: NewTenant) {
  const slug = parseAccountId(input.accountId);
  if (!slug) return failure('account-id', { field: 'accountId' });
  const [tenant] = await tx
    .insert(tenants)
    .values({ ...input, id, slug, accountId: input.accountId.trim() })
    .onConflictDoNothing()
    .returning();
  if (!tenant) return failure('taken', { field: 'accountId' });
  await tx.insert(policies).values({ ...DEFAULT_POLICY, ...policy, tenantId: id });
  return { ok: true, tenant: tenant as Tenant } as const;
}
