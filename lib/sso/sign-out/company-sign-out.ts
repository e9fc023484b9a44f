import { withTenant } from '@/db';
import { unseal } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import type { EndedSession } from '@/lib/sessions/end';
import type { LogoutFacts } from '@/lib/sso/answer';
import { findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { oidcLogout } from '@/lib/sso/oidc/logout';
import { samlLogout } from '@/lib/sso/saml/logout';
import type { Outgoing } from '@/lib/sso/saml/outgoing';
import { beginFlow, redeemTicket, stampTicket } from '@/lib/sso/sign-in/flows';
import { hintContext } from '@/lib/sso/sign-in/match-user';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

type SignOutTicket = { subject: string; index: string | null; sealedHint: string | null };

/**
 * Promises a one-time ticket for signing out at the provider too, with the token for the browser's cookie; undefined where the
 * session came through none, or through one that takes no sign-outs.
 */
export async function offerCompanySignOut(tenant: Tenant, ended: EndedSession, browser: string | undefined) {
  if (!ended.connectionId || !ended.ssoSubject) return undefined;
  const connection = await findConnection(tenant, ended.connectionId);
  if (!connection || !isAvailableFor(tenant, connection, 'logout') || !connection.settings.logout) return undefined;
  const start = { purpose: 'logout', returnTo: null, userId: ended.userId, requestId: null, browser } as const;
  const begun = await beginFlow(tenant, connection.id, start);
  const kept: SignOutTicket = { subject: ended.ssoSubject, index: ended.ssoIndex, sealedHint: ended.sealedHint };
  const ticket = await withTenant(tenant.id, (tx) =>
    stampTicket(tx, tenant, begun.flow.id, kept, inSeconds(LIFETIMES.ssoSignOutTicket)),
  );
  return { ticket, browser: begun.browser };
}

/**
 * Takes the ticket. Returns where to sign out at the provider; null if there is no such ticket, or
 * no such address.
 */
export async function redeemCompanySignOut(
  tenant: Tenant,
  ticket: string | null,
  browser: string | undefined,
): Promise<Outgoing | null> {
  const taken = await redeemTicket(tenant, ticket, browser);
  if (!taken.ok || taken.flow.purpose !== 'logout' || !browser) return null;
  const connection = await findConnection(tenant, taken.flow.connectionId);
  if (!connection || !isAvailableFor(tenant, connection, 'logout')) return null;
  const { sealedHint, ...named } = taken.result as SignOutTicket;
  const facts: LogoutFacts = {
    ...named,
    hint: sealedHint && unseal(sealedHint, hintContext(tenant.id, connection.id)),
    userId: taken.flow.userId ?? '',
    browser,
  };
  if (connection.protocol === 'saml') return samlLogout(tenant, connection, facts);
  const address = await oidcLogout(tenant, connection, facts);
  return address === null ? null : { address };
}
