import type { Identity } from '@/lib/sso/answer';
import type { Connection } from '@/lib/sso/connections/connections';
import { hasEmailIn } from '@/lib/sso/connections/email-domains';
import { isGoogle, isShared, issuerOf } from '@/lib/sso/connections/issuers';

/**
 * Returns whether the provider says that an address is verified, or is trusted although it says
 * nothing.
 */
export function isVouchedFor(connection: Connection, { emailVerified }: Identity, email: string) {
  if (emailVerified !== null) return emailVerified;
  return trustsAddresses(connection) && hasEmailIn(connection.emailDomains, email);
}

/**
 * Returns whether an account belongs to the connection's domains. Google names the organization
 * besides the address.
 */
export function isInside(connection: Connection, { hostedDomain }: Identity, email: string) {
  if (!hasEmailIn(connection.emailDomains, email)) return false;
  if (hostedDomain) return connection.emailDomains.includes(hostedDomain.toLowerCase());
  return connection.protocol === 'saml' || !isGoogle(connection.issuer);
}

/**
 * Returns whether addresses count without a claim: an administrator chose so, and the provider is
 * one organization's own.
 */
function trustsAddresses(connection: Connection) {
  if (connection.protocol !== 'oidc' || !connection.settings.trustsAddresses) return false;
  return !isShared(issuerOf(connection));
}
