import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { endProviderSessions } from '@/lib/sessions/end';
import { signInPath } from '@/lib/sessions/sign-in-path';
import type { LogoutFacts, Reason } from '@/lib/sso/answer';
import { CLOCK_SKEW } from '@/lib/sso/clock-skew';
import { isAvailableFor } from '@/lib/sso/connections/connections';
import { samlAddresses } from '@/lib/sso/connections/saml-addresses';
import { LONGEST_AGE } from '@/lib/sso/saml/claims';
import type { LogoutHint } from '@/lib/sso/saml/identity';
import { logoutRequest, logoutResponse, newMessageId, type Outgoing, signMessage } from '@/lib/sso/saml/outgoing';
import { loadParty, type SamlConnection } from '@/lib/sso/saml/party';
import { markSeen, type NextDestination } from '@/lib/sso/saml/receive';
import { type LogoutMessage, verifyLogoutForm, verifyLogoutQuery } from '@/lib/sso/saml/verify-logout';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import { beginFlow, consumeFlow } from '@/lib/sso/sign-in/flows';
import { BUSY, verifyPosted } from '@/lib/sso/sign-in/posted';
import type { Tenant } from '@/lib/tenants/tenants';
import { plainText } from '@/lib/text';

/** In characters. SAML allows 80 bytes, but real RelayStates are longer. */
const LONGEST_RELAY_STATE = 1024;

/**
 * Returns where a user signs out at their provider, with a signed request; null if it takes none.
 */
export async function samlLogout(
  tenant: Tenant,
  connection: SamlConnection,
  facts: LogoutFacts,
): Promise<Outgoing | null> {
  const { logoutUrl: destination, logoutBinding: binding = 'redirect' } = connection.settings;
  if (!destination) return null;
  const { signing } = await loadParty(tenant, connection);
  const id = newMessageId();
  const { browser, userId, index } = facts;
  await beginFlow(tenant, connection.id, { purpose: 'logout', returnTo: null, userId, requestId: id, browser });
  const hint = facts.hint ? (JSON.parse(facts.hint) as LogoutHint) : { nameId: facts.subject };
  const { entityId } = samlAddresses(tenant, connection.id);
  const xml = logoutRequest({ id, destination, entityId, hint, index });
  return signMessage({ kind: 'SAMLRequest', destination, binding, xml }, signing);
}

/**
 * Handles a provider's logout message. A request ends the sessions of the user it names, of this
 * connection alone, and is answered; a response to our request leads to the sign-in page.
 * `message` is the query or the form; null if it was too large.
 */
export async function receiveLogout(
  tenant: Tenant,
  connection: SamlConnection,
  message: string | URLSearchParams | null,
  cause: Cause,
): Promise<NextDestination> {
  const fail = async (
    reason: Reason,
    received: Record<string, string> = {},
    unsolicited = false,
  ): Promise<NextDestination> => ({
    address: failureAddress(await recordRefusal(tenant, connection, { reason, received, unsolicited }, cause)),
  });
  if (!isAvailableFor(tenant, connection, 'logout')) return fail('disabled', {}, true);
  if (message === null) return fail('too-large', {}, true);
  const party = await loadParty(tenant, connection);
  const expected = { ...samlAddresses(tenant, connection.id), now: new Date() };
  const verified = await verifyPosted(tenant, connection.id, 'logout', cause, () =>
    typeof message === 'string'
      ? verifyLogoutQuery(message, party, expected)
      : verifyLogoutForm(message, party, expected),
  );
  if (!verified) return BUSY;
  if (!verified.ok) return fail(verified.reason, verified.received, true);
  if (verified.kind === 'response') {
    const flow = await withTenant(tenant.id, (tx) => consumeFlow(tx, tenant.id, plainText(verified.inResponseTo, 200)));
    if (typeof flow === 'string') return fail(flow);
    if (flow.purpose !== 'logout' || flow.connectionId !== connection.id) return fail('other-connection');
    return verified.success ? { address: signInPath('signed-out') } : fail('status');
  }
  if (!(await endSessions(tenant, connection, verified, cause))) return fail('replay');
  const { logoutUrl, logoutResponseUrl, logoutBinding: binding = 'redirect' } = connection.settings;
  const destination = logoutResponseUrl ?? logoutUrl;
  if (!destination) return { address: signInPath('signed-out') };
  const { id: inResponseTo, relayState } = verified;
  const xml = logoutResponse({ id: newMessageId(), destination, entityId: expected.entityId, inResponseTo });
  const echoed = relayState && relayState.length <= LONGEST_RELAY_STATE ? relayState : null;
  return signMessage({ kind: 'SAMLResponse', destination, binding, xml, relayState: echoed }, party.signing);
}

/** Marks the request as seen and ends its sessions in one transaction; false if it was replayed. */
async function endSessions(
  tenant: Tenant,
  connection: SamlConnection,
  { id, nameId, indexes }: Extract<LogoutMessage, { kind: 'request' }>,
  cause: Cause,
) {
  const until = new Date(Date.now() + LONGEST_AGE + 2 * CLOCK_SKEW);
  return withTenant(tenant.id, async (tx) => {
    if (!(await markSeen(tx, tenant.id, connection, `logout ${id}`, until))) return false;
    for (const index of indexes.length > 0 ? indexes : [null]) {
      await endProviderSessions(tx, tenant.id, connection.id, { subject: nameId, index }, cause);
    }
    return true;
  });
}
