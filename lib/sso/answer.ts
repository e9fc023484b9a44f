/** The user a provider names, once its answer passed every check. The same for both protocols. */
export type Identity = {
  issuer: string;
  /** OIDC `sub`, SAML NameID: with connection and issuer the key of the link. */
  subject: string;
  email: string | null;
  /**
   * OIDC: what the claims say, null where they say nothing. SAML: true, for the assertion is
   * signed.
   */
  emailVerified: boolean | null;
  /**
   * OIDC `hd`: the Google organization that manages the account; null or absent for a private one.
   */
  hostedDomain?: string | null;
  firstName: string | null;
  lastName: string | null;
  /** The provider says that it asked for a second factor (amr, authentication context). */
  secondFactor: boolean;
  /** OIDC `sid`, SAML SessionIndex: what a logout at the provider names. */
  index: string | null;
  /**
   * When the user signed in at the provider, in milliseconds, where it says so: OIDC `auth_time`,
   * SAML AuthnInstant.
   */
  authenticatedAt?: number | null;
  /** What a logout request needs: OIDC id_token, SAML NameID with its format. Stored sealed. */
  hint: string | null;
};

/** The result of one check, for the report of a test and the diagnosis of a failure. */
export type ProviderCheck = { name: CheckName; ok: boolean; detail?: Record<string, string> };

/** @internal Exported for its test. */
export const CHECKS = [
  'discovery',
  'metadata',
  'keys',
  'response',
  'signature',
  'issuer',
  'audience',
  'recipient',
  'times',
  'nonce',
  'userinfo',
  'attributes',
  'domains',
  'user',
] as const;
export type CheckName = (typeof CHECKS)[number];

/**
 * Why an answer was refused. `ssoReasons` says what was found and what to change, for each.
 * @internal Exported for its test.
 */
export const REASONS = [
  'disabled',
  'flow-missing',
  'flow-used',
  'flow-expired',
  'other-browser',
  'other-connection',
  'other-person',
  'provider-error',
  'provider-unreachable',
  'provider-slow',
  'address-refused',
  'subject-missing',
  'email-missing',
  'email-unverified',
  'email-ambiguous',
  'email-outside',
  'domains-missing',
  'userinfo',
  'no-match',
  'two-matches',
  'user-limit',
  'linked-to-other',
  'user-disabled',
  'not-fresh',
  'outside-network',
  'discovery',
  'discovery-issuer',
  'keys',
  'token-endpoint',
  'client-refused',
  'no-id-token',
  'issuer',
  'audience',
  'signature',
  'signature-missing',
  'algorithm',
  'unknown-key',
  'expired',
  'not-yet',
  'nonce',
  'entra-tenant',
  'not-xml',
  'xml-forbidden',
  'certificate-expired',
  'too-large',
  'status',
  'destination',
  'recipient',
  'confirmation',
  'in-response-to',
  'unsolicited',
  'replay',
  'assertion-count',
  'name-id',
  'encryption',
  'logout-token',
] as const;
export type Reason = (typeof REASONS)[number];

/** `received`: what the provider sent, shortened, without secrets and signatures. */
type RefusedAnswer = { ok: false; reason: Reason; received: Record<string, string>; checks: ProviderCheck[] };
export type ProviderAnswer =
  | { ok: true; identity: Identity; received: Record<string, string>; checks: ProviderCheck[] }
  | RefusedAnswer;

/** What identifies the session that is to end at the provider. */
export type LogoutFacts = {
  subject: string;
  index: string | null;
  /** OIDC: the id_token. SAML: the NameID as it was written. */
  hint: string | null;
  userId: string;
  /** The token of the cookie `sso`: the answer to a logout request belongs to this browser. */
  browser: string;
};

/** One check of a SAML message. All run, also after one failed, so that a report is complete. */
export type Finding = { name: CheckName; reason?: Reason; detail: Record<string, string> };
