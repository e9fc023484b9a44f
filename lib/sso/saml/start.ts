import type { Purpose } from '@/db/schema/sso';
import { samlAddresses } from '@/lib/sso/connections/saml-addresses';
import { authnRequest, newMessageId, type Outgoing, signMessage } from '@/lib/sso/saml/outgoing';
import { loadParty, type SamlConnection } from '@/lib/sso/saml/party';
import { beginFlow } from '@/lib/sso/sign-in/flows';
import type { Tenant } from '@/lib/tenants/tenants';

type SamlStart = {
  purpose: Purpose;
  returnTo: string | null;
  userId: string | null;
  browser: string | undefined;
};

/**
 * Starts a round trip. Returns the signed request for the browser, and the token for its cookie.
 */
export async function startSaml(
  tenant: Tenant,
  connection: SamlConnection,
  start: SamlStart,
): Promise<Outgoing & { browser: string }> {
  const { signing } = await loadParty(tenant, connection);
  const { signOnUrl: destination, signOnBinding: binding = 'redirect' } = connection.settings;
  const id = newMessageId();
  const { browser } = await beginFlow(tenant, connection.id, { ...start, requestId: id });
  const forceAuthn = start.purpose === 'confirm';
  const xml = authnRequest({ id, destination, forceAuthn, ...samlAddresses(tenant, connection.id) });
  return { ...signMessage({ kind: 'SAMLRequest', destination, binding, xml }, signing), browser };
}
