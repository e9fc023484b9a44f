import type { LogoutFacts } from '@/lib/sso/company-logout';
import type { Connection } from '@/lib/sso/connections';
import type { Tenant } from '@/lib/tenants/tenants';

/** Promises the address that signs a person out at his provider; null where it has none. */
export async function oidcLogout(
  _tenant: Tenant,
  _connection: Extract<Connection, { protocol: 'oidc' }>,
  _facts: LogoutFacts,
): Promise<string | null> {
  return null;
}
