import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { type Tx, withoutTenant, withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { tenants } from '@/db/schema/tenants';
import { env } from '@/lib/env';
import { DEFAULT_POLICY, type Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { parseAccountId } from '@/lib/tenants/host';

export const ENTITLEMENTS = ['security-policies', 'single-sign-on', 'phone'] as const;

export type Entitlement = (typeof ENTITLEMENTS)[number];
export type Locale = 'en' | 'fr';

export type Tenant = {
  id: string;
  slug: string;
  /** As its people write it, capitals and all. */
  accountId: string;
  name: string;
  domain: string | null;
  status: 'active' | 'suspended';
  locale: Locale;
  timeZone: string;
  entitlements: Entitlement[];
};

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

/** Promises a new tenant with its policy. Fails with `account-id` (not one, or reserved) or `taken`. */
export async function createTenant(input: NewTenant) {
  const id = randomUUID();
  return withTenant(id, (tx) => addTenant(tx, id, input));
}

/** Adds a tenant with its policy within another change. Fails as createTenant does. */
export async function addTenant(tx: Tx, id: string, { policy, ...input }: NewTenant) {
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

/** Promises the tenant of an account ID in whatever case, or undefined. */
export async function findTenant(accountId: string): Promise<Tenant | undefined> {
  const slug = parseAccountId(accountId);
  if (!slug) return undefined;
  const [tenant] = await withoutTenant((db) => db.select().from(tenants).where(eq(tenants.slug, slug)));
  return tenant as Tenant | undefined;
}

/** Promises the tenant of an id, for jobs and the command line. */
export async function findTenantById(id: string): Promise<Tenant | undefined> {
  const [tenant] = await withoutTenant((db) => db.select().from(tenants).where(eq(tenants.id, id)));
  return tenant as Tenant | undefined;
}

/** Promises every account, for the command line. */
export function listAccounts() {
  return withoutTenant((db) =>
    db.select({ id: tenants.id, accountId: tenants.accountId }).from(tenants).orderBy(tenants.slug),
  );
}

/** The origin browsers reach this tenant at: its own domain, else its label under the root domain. Never taken from a request. */
export function tenantOrigin(tenant: Pick<Tenant, 'slug' | 'domain'>) {
  const { protocol, host, port } = env().publicUrl;
  if (tenant.domain) return `${protocol}//${tenant.domain}${port ? `:${port}` : ''}`;
  return `${protocol}//${tenant.slug}.${host}`;
}

/** Promises a tenant's policy, where it does not come with the session. */
export async function findPolicy(tenantId: string): Promise<Policy> {
  const [row] = await withTenant(tenantId, (tx) =>
    tx
      .select({
        policy: policies,
        entitlements: tenants.entitlements,
        ahead: sql<boolean>`coalesce(${policies.secondFactorFrom} > now(), false)`,
      })
      .from(policies)
      .innerJoin(tenants, eq(tenants.id, policies.tenantId))
      .where(eq(policies.tenantId, tenantId)),
  );
  if (!row) throw new Error('a tenant without a policy');
  const { policy, entitlements, ahead } = row;
  const isAhead = policy.secondFactor === 'required' && ahead;
  return {
    ...policy,
    secondFactor: isAhead ? 'optional' : policy.secondFactor,
    secondFactorFrom: isAhead ? policy.secondFactorFrom : null,
    passwordHidden: policy.passwordHidden && entitlements.includes('single-sign-on'),
  };
}
