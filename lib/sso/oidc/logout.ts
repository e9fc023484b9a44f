import type { LogoutFacts } from '@/lib/sso/answer';
import { afterLogoutAddress } from '@/lib/sso/connections/oidc-addresses';
import { providerDeadline } from '@/lib/sso/guarded-fetch';
import { discover } from '@/lib/sso/oidc/discovery';
import type { OidcConnection } from '@/lib/sso/oidc/through-auth';
import type { Tenant } from '@/lib/tenants/tenants';

/** Returns the RP-Initiated Logout address at the provider; null if it has none or is down. */
export async function oidcLogout(
  tenant: Tenant,
  connection: OidcConnection,
  { hint }: LogoutFacts,
): Promise<string | null> {
  const found = await discover(connection, { signal: providerDeadline() });
  if (!found.ok || !found.discovery.end_session_endpoint) return null;
  const address = new URL(found.discovery.end_session_endpoint);
  if (hint) address.searchParams.set('id_token_hint', hint);
  address.searchParams.set('client_id', connection.settings.clientId);
  address.searchParams.set('post_logout_redirect_uri', afterLogoutAddress(tenant));
  return address.href;
}
