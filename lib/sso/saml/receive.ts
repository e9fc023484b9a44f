import { sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { ssoSeen } from '@/db/schema/sso';
import type { Cause } from '@/lib/audit/record';
import { within } from '@/lib/rate-limit/limiter';
import type { Reason } from '@/lib/sso/answer';
import { isAvailableFor } from '@/lib/sso/connections/connections';
import { samlAddresses } from '@/lib/sso/connections/saml-addresses';
import { attribute } from '@/lib/sso/saml/dom';
import { type OpenedXml, openEncoded } from '@/lib/sso/saml/message';
import type { Outgoing } from '@/lib/sso/saml/outgoing';
import { loadParty, type SamlConnection } from '@/lib/sso/saml/party';
import { startSaml } from '@/lib/sso/saml/start';
import { type VerifiedResponse, verifyResponse } from '@/lib/sso/saml/verify-response';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import { consumeFlow, type Flow, findPendingRefusal } from '@/lib/sso/sign-in/flows';
import { BUSY, verifyPosted } from '@/lib/sso/sign-in/posted';
import { issueTicket } from '@/lib/sso/sign-in/tickets';
import type { Tenant } from '@/lib/tenants/tenants';
import { plainText } from '@/lib/text';

/** Where the browser goes next, with the token for its cookie `sso` if a round trip starts. */
export type NextDestination = Outgoing & { browser?: string };

/** Within this time an unsolicited response of the same user is not bounced again: no loops. */
const BOUNCE_SECONDS = 15;

/**
 * Handles a SAML response. A cross-site POST has no cookie, so its result is stored behind a ticket
 * for the browser's next request. The request it answers is consumed before verification, so that
 * each try costs a request of ours. `encoded` is null if it was too large.
 */
export async function receiveAnswer(
  tenant: Tenant,
  connection: SamlConnection,
  encoded: string | null,
  returnTo: string | null,
  cause: Cause,
): Promise<NextDestination> {
  const unsolicited = (reason: Reason, received: Record<string, string> = {}) =>
    refuse(tenant, connection, { reason, received, unsolicited: true }, cause);
  if (!isAvailableFor(tenant, connection, 'test')) return unsolicited('disabled');
  const named = encoded === null ? undefined : requestIdIn(encoded);
  const refusal = named && (await findPendingRefusal(tenant, named));
  if (refusal) return unsolicited(refusal, { inResponseTo: named });
  const opened = encoded === null ? TOO_LARGE : openEncoded(encoded);
  if (!opened.ok) return unsolicited(opened.reason, opened.received);
  const claimed = attribute(opened.root, 'InResponseTo');
  if (claimed === undefined) return receiveUnsolicited(tenant, connection, opened, returnTo, cause);
  const flow = await withTenant(tenant.id, (tx) => consumeFlow(tx, tenant.id, plainText(claimed, 200)));
  if (typeof flow === 'string') return unsolicited(flow, { inResponseTo: claimed });
  return receiveSolicited(tenant, connection, opened, { ...flow, requestId: claimed }, cause);
}

/**
 * Reads InResponseTo from the first bytes, so that responses to unknown requests are not parsed.
 */
function requestIdIn(encoded: string) {
  const start = Buffer.from(encoded.slice(0, 8192), 'base64').toString('latin1');
  return /^[^<]*(?:<\?xml[^>]*>\s*)?<(?:\w+:)?Response\s[^>]*?\bInResponseTo="([\w.-]{1,200})"/.exec(start)?.[1];
}

const TOO_LARGE = { ok: false, reason: 'too-large', received: {} } as const;

/** Verifies the response to a request of ours. Marks the assertion as seen and issues a ticket. */
async function receiveSolicited(
  tenant: Tenant,
  connection: SamlConnection,
  opened: OpenedXml,
  flow: Flow & { requestId: string },
  cause: Cause,
): Promise<NextDestination> {
  const fail = (reason: Reason, received: Record<string, string> = {}) =>
    refuse(tenant, connection, { reason, received }, cause);
  if (flow.connectionId !== connection.id) return fail('other-connection');
  if (flow.purpose === 'logout') return fail('flow-missing');
  if (!isAvailableFor(tenant, connection, flow.purpose)) return fail('disabled');
  const answer = await verifyPosted(tenant, connection.id, 'answer', cause, () =>
    verify(tenant, connection, opened, flow.requestId, flow.purpose === 'test'),
  );
  if (!answer) return BUSY;
  if (!answer.ok && flow.purpose !== 'test') return fail(answer.reason, answer.received);
  const ticket = await withTenant(tenant.id, async (tx) => {
    const isNew = !answer.ok || (await markSeen(tx, tenant.id, connection, answer.assertionId, answer.expiresAt));
    return isNew ? issueTicket(tx, tenant.id, flow.id, answer) : undefined;
  });
  return ticket ? { address: `/sso/complete?t=${ticket}` } : fail('replay', answer.received);
}

/** Answers a sign-in that started at the provider with a request of ours, if that is allowed. */
async function receiveUnsolicited(
  tenant: Tenant,
  connection: SamlConnection,
  opened: OpenedXml,
  returnTo: string | null,
  cause: Cause,
): Promise<NextDestination> {
  const fail = (reason: Reason) => refuse(tenant, connection, { reason, received: {}, unsolicited: true }, cause);
  if (!connection.settings.idpInitiated) return fail('unsolicited');
  if (!isAvailableFor(tenant, connection, 'sign-in')) return fail('disabled');
  const bounce = () => bounceUnsolicited(tenant, connection, opened, returnTo, cause);
  return within('sso', [tenant.id, cause.address], bounce, () => BUSY);
}

async function bounceUnsolicited(
  tenant: Tenant,
  connection: SamlConnection,
  opened: OpenedXml,
  returnTo: string | null,
  cause: Cause,
): Promise<NextDestination> {
  const fail = (reason: Reason, received: Record<string, string>) =>
    refuse(tenant, connection, { reason, received, unsolicited: true }, cause);
  const answer = await verifyPosted(tenant, connection.id, 'unasked', cause, () =>
    verify(tenant, connection, opened, null),
  );
  if (!answer) return BUSY;
  if (!answer.ok) return fail(answer.reason, answer.received);
  const { assertionId, expiresAt, identity, received } = answer;
  const isFirst = await withTenant(
    tenant.id,
    async (tx) =>
      (await markSeen(tx, tenant.id, connection, assertionId, expiresAt)) &&
      (await markSeen(tx, tenant.id, connection, `bounce ${identity.subject}`, BOUNCE_SECONDS)),
  );
  if (!isFirst) return fail('unsolicited', received);
  return startSaml(tenant, connection, { purpose: 'sign-in', returnTo, userId: null, browser: undefined });
}

async function verify(
  tenant: Tenant,
  connection: SamlConnection,
  opened: OpenedXml,
  requestId: string | null,
  reportAll = false,
): Promise<VerifiedResponse> {
  const { acs, entityId } = samlAddresses(tenant, connection.id);
  const party = await loadParty(tenant, connection);
  const unsolicited = requestId === null;
  return verifyResponse(opened, party, { acs, entityId, requestId, unsolicited, now: new Date(), reportAll });
}

/** Marks a message as seen, until a date or for so many seconds; false if it was seen before. */
export async function markSeen(
  tx: Tx,
  tenantId: string,
  connection: SamlConnection,
  messageId: string,
  until: Date | number,
) {
  const expiresAt =
    typeof until === 'number' ? sql`now() + make_interval(secs => ${until})` : sql`${until.toISOString()}::timestamptz`;
  const [seen] = await tx
    .insert(ssoSeen)
    .values({ tenantId: tenantId, connectionId: connection.id, messageId, expiresAt })
    .onConflictDoUpdate({
      target: [ssoSeen.tenantId, ssoSeen.connectionId, ssoSeen.messageId],
      set: { expiresAt },
      setWhere: typeof until === 'number' ? sql`${ssoSeen.expiresAt} <= now()` : sql`false`,
    })
    .returning({ messageId: ssoSeen.messageId });
  return Boolean(seen);
}

async function refuse(
  tenant: Tenant,
  connection: SamlConnection,
  failure: { reason: Reason; received: Record<string, string>; unsolicited?: boolean },
  cause: Cause,
): Promise<NextDestination> {
  return { address: failureAddress(await recordRefusal(tenant, connection, failure, cause)) };
}
