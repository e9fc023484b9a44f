import { withTenant } from '@/db';
import { unseal } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import type { EndedSession } from '@/lib/sessions/end';
import type { LogoutFacts } from '@/lib/sso/answer';
import { findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { oidcLogout } from '@/lib/sso/oidc/logout';
import { samlLogout } from '@/lib/sso/saml/logout';
import type { Outgoing } from '@/lib/sso/saml/outgoing';
import { beginFlow } from '@/lib/sso/sign-in/flows';
import { hintContext } from '@/lib/sso/sign-in/sign-in-identity';
import { issueTicket, redeemTicket } from '@/lib/sso/sign-in/tickets';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

type SignOutTicket = { subject: string; index: string | null; sealedHint: string | null };

/**
 * Returns a one-time ticket for signing out at the provider too, with the token for the browser's
 * cookie; undefined if the session used no provider, or one that takes no logout.
 */
export async function offerCompanySignOut(tenant: Tenant, ended: EndedSession, browser: string | undefined) {
  if (!ended.connectionId || !ended.ssoSubject) return undefined;
  const connection = await findConnection(tenant, ended.connectionId);
  if (!connection || !isAvailableFor(tenant, connection, 'logout') || !connection.settings.logout) return undefined;
  const start = { purpose: 'logout', returnTo: null, userId: ended.userId, requestId: null, browser } as const;
  const started = await beginFlow(tenant, connection.id, start);
  const kept: SignOutTicket = { subject: ended.ssoSubject, index: ended.ssoIndex, sealedHint: ended.sealedHint };
  const ticket = await withTenant(tenant.id, (tx) =>
    issueTicket(tx, tenant.id, started.flow.id, kept, inSeconds(LIFETIMES.ssoSignOutTicket)),
  );
  return { ticket, browser: started.browser };
}

/**
 * Redeems a ticket. Returns where to sign out at the provider; null if there is no such ticket or
 * address.
 */
export async function redeemCompanySignOut(
  tenant: Tenant,
  ticket: string | null,
  browser: string | undefined,
): Promise<Outgoing | null> {
  const redeemed = await redeemTicket(tenant, ticket, browser);
  if (!redeemed.ok || redeemed.flow.purpose !== 'logout' || !browser) return null;
  const connection = await findConnection(tenant, redeemed.flow.connectionId);
  if (!connection || !isAvailableFor(tenant, connection, 'logout')) return null;
  const { sealedHint, ...named } = redeemed.result as SignOutTicket;
  const facts: LogoutFacts = {
    ...named,
    hint: sealedHint && unseal(sealedHint, hintContext(tenant.id, connection.id)),
    userId: redeemed.flow.userId ?? '',
    browser,
  };
  if (connection.protocol === 'saml') return samlLogout(tenant, connection, facts);
  const address = await oidcLogout(tenant, connection, facts);
  return address === null ? null : { address };
}
