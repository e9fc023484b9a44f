import { eq } from 'drizzle-orm';
import { withoutTenant } from '@/db';
import { type Entitlement, tenants } from '@/db/schema/tenants';
import { env } from '@/lib/env';
import type { Locale } from '@/lib/language/locale';
import { parseAccountId } from '@/lib/tenants/host';
export type Tenant = {
  id: string;
  slug: string;
  /** As typed, with capitals. */
  accountId: string;
  name: string;
  domain: string | null;
  status: 'active' | 'suspended';
  locale: Locale;
  timeZone: string;
  entitlements: Entitlement[];
};

/** Returns the tenant of an account ID in any case, or undefined. */
export async function findTenant(accountId: string): Promise<Tenant | undefined> {
  const slug = parseAccountId(accountId);
  if (!slug) return undefined;
  const [tenant] = await withoutTenant((db) => db.select().from(tenants).where(eq(tenants.slug, slug)));
  return tenant as Tenant | undefined;
}

/** Returns the tenant of an id, for jobs and the command line. */
export async function findTenantById(id: string): Promise<Tenant | undefined> {
  const [tenant] = await withoutTenant((db) => db.select().from(tenants).where(eq(tenants.id, id)));
  return tenant as Tenant | undefined;
}

/** Returns every tenant, for the command line. */
export function listAccounts() {
  return withoutTenant((db) =>
    db.select({ id: tenants.id, accountId: tenants.accountId }).from(tenants).orderBy(tenants.slug),
  );
}

/** Returns a tenant's origin: its own domain, else its label under the root domain. */
export function tenantOrigin(tenant: Pick<Tenant, 'slug' | 'domain'>) {
  const { protocol, host, port } = env().publicUrl;
  if (tenant.domain) return `${protocol}//${tenant.domain}${port ? `:${port}` : ''}`;
  return `${protocol}//${tenant.slug}.${host}`;
}
