import { knownSkew, toSeconds } from '@/lib/clock-skew';
import type { CheckName, Reason } from '@/lib/sso/answer';
import type { Connection } from '@/lib/sso/connections/connections';
import { isEntra, isGoogle, issuerOf, isTemplate } from '@/lib/sso/connections/issuers';

/** Where the cause of a refusal is fixed. */
export type FixSide = 'provider' | 'here' | 'both' | 'person';

/** Values of ours that an administrator compares with the provider's configuration. */
export type ComparedValue = 'acs' | 'backChannel' | 'entityId' | 'redirectUri' | 'clientId' | 'issuer' | 'signIn';

type ReasonDiagnosis = {
  side: FixSide | { oidc: FixSide; saml: FixSide };
  check: CheckName | null;
  compare?: ComparedValue[];
};

/**
 * Returns what the sentences of a reason choose by: the protocol, the kind of provider, and what it
 * said.
 */
export function wordsFor(connection: Connection | undefined, received: Record<string, string>) {
  const { email_verified = '–', xms_edov = '–', issuer = '' } = received;
  const isNo = [email_verified, xms_edov].some((said) => !['–', 'true', '1'].includes(said));
  return {
    protocol: connection?.protocol ?? 'oidc',
    provider: providerOf(connection),
    claim: isNo ? 'no' : 'none',
    directory: isTemplate(issuer) ? 'missing' : 'given',
    clock: received.ourSkew === undefined ? 'theirs' : 'ours',
  };
}

/**
 * Returns what was received, and with a refusal for its times by how many seconds our own clock is
 * known to be off.
 */
export function withOurSkew(reason: Reason, received: Record<string, string>): Record<string, string> {
  const isOfTimes = DIAGNOSES[reason].check === 'times';
  return isOfTimes && knownSkew() ? { ...received, ourSkew: String(toSeconds(-knownSkew())) } : received;
}

/** Returns at which side a reason is fixed: times are for us to fix while our own clock is off. */
export function sideOf(reason: Reason, protocol: 'oidc' | 'saml', received: Record<string, string>): FixSide {
  const { side } = DIAGNOSES[reason];
  if (received.ourSkew !== undefined) return 'here';
  return typeof side === 'string' ? side : side[protocol];
}

/** Returns the kind of provider, as far as what it needs depends on that. */
export function providerOf(connection: Connection | undefined): 'entra' | 'google' | 'other' {
  if (connection?.protocol !== 'oidc') return 'other';
  const issuer = issuerOf(connection);
  if (isGoogle(issuer)) return 'google';
  return isEntra(issuer, connection.settings.entraTenant) ? 'entra' : 'other';
}

/**
 * Of every reason: at which side it is fixed, which check has found it, and what is to be compared.
 * The sentences are in `ssoReasons`.
 */
export const DIAGNOSES: Record<Reason, ReasonDiagnosis> = {
  disabled: { side: 'here', check: null },
  'flow-missing': { side: 'person', check: null, compare: ['signIn'] },
  'flow-used': { side: 'person', check: null },
  'flow-expired': { side: 'person', check: null },
  'other-browser': { side: 'person', check: null },
  'other-connection': { side: 'provider', check: null, compare: ['redirectUri', 'acs'] },
  'other-person': { side: 'person', check: null },
  'provider-error': { side: 'provider', check: 'response' },
  'provider-unreachable': { side: 'both', check: 'discovery', compare: ['issuer'] },
  'provider-slow': { side: 'provider', check: 'discovery' },
  'address-refused': { side: 'both', check: 'discovery', compare: ['issuer'] },
  'subject-missing': { side: 'provider', check: 'attributes' },
  'email-missing': { side: 'both', check: 'attributes' },
  'email-unverified': { side: 'provider', check: 'attributes' },
  'email-ambiguous': { side: 'both', check: 'attributes' },
  'email-outside': { side: 'here', check: 'domains' },
  'domains-missing': { side: 'here', check: 'domains' },
  userinfo: { side: 'provider', check: 'userinfo' },
  'no-match': { side: 'here', check: 'user' },
  'two-matches': { side: 'here', check: 'user' },
  'user-limit': { side: 'here', check: 'user' },
  'linked-to-other': { side: 'here', check: 'user' },
  'outside-network': { side: 'here', check: 'user' },
  'user-disabled': { side: 'here', check: 'user' },
  'not-fresh': { side: 'provider', check: 'times' },
  discovery: { side: 'both', check: 'discovery', compare: ['issuer'] },
  'discovery-issuer': { side: 'here', check: 'discovery', compare: ['issuer'] },
  'token-endpoint': { side: 'provider', check: 'response', compare: ['redirectUri'] },
  'client-refused': { side: 'both', check: 'response', compare: ['clientId'] },
  'no-id-token': { side: 'both', check: 'response' },
  issuer: { side: 'here', check: 'issuer', compare: ['issuer'] },
  audience: { side: { oidc: 'here', saml: 'provider' }, check: 'audience', compare: ['entityId', 'clientId'] },
  signature: { side: { oidc: 'provider', saml: 'here' }, check: 'signature' },
  'signature-missing': { side: 'provider', check: 'signature' },
  algorithm: { side: 'provider', check: 'signature' },
  keys: { side: 'provider', check: 'keys' },
  'unknown-key': { side: { oidc: 'provider', saml: 'here' }, check: 'keys' },
  expired: { side: 'provider', check: 'times' },
  'not-yet': { side: 'provider', check: 'times' },
  nonce: { side: 'person', check: 'nonce' },
  'entra-tenant': { side: 'person', check: 'issuer' },
  'not-xml': { side: 'provider', check: 'response', compare: ['acs'] },
  'too-large': { side: 'provider', check: 'response' },
  status: { side: 'provider', check: 'response' },
  destination: { side: 'provider', check: 'recipient', compare: ['acs'] },
  recipient: { side: 'provider', check: 'recipient', compare: ['acs'] },
  confirmation: { side: 'provider', check: 'recipient' },
  'in-response-to': { side: 'person', check: 'response' },
  unsolicited: { side: 'here', check: 'response', compare: ['signIn'] },
  replay: { side: 'person', check: 'response' },
  'assertion-count': { side: 'provider', check: 'response' },
  'name-id': { side: 'provider', check: 'attributes' },
  'xml-forbidden': { side: 'provider', check: 'response' },
  'certificate-expired': { side: 'both', check: 'keys' },
  'logout-token': { side: 'provider', check: null, compare: ['backChannel'] },
  encryption: { side: 'provider', check: 'response' },
};
