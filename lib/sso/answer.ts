/** Whom a provider has named, once everything about its answer has been checked. Both protocols end in this. */
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
  /** What a logout there asks for: OIDC the id_token, SAML the NameID with its format. Sealed before it is kept. */
  hint: string | null;
};

/** One thing looked at on the way, for the administrator's test and for the diagnosis of a failure. */
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
 * Why an answer was refused. Each has its sentences in `ssoReasons`: what was found, and what to change at which side.
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

/** `received`: what came, in short texts, without secrets and signatures. */
type RefusedAnswer = { ok: false; reason: Reason; received: Record<string, string>; checks: ProviderCheck[] };
export type ProviderAnswer =
  | { ok: true; identity: Identity; received: Record<string, string>; checks: ProviderCheck[] }
  | RefusedAnswer;

/** What a provider is told about the session that is to end there. */
export type LogoutFacts = {
  subject: string;
  index: string | null;
  /** OIDC: the id_token. SAML: the NameID as it was written. */
  hint: string | null;
  userId: string;
  /** The token of the cookie `sso`: the answer to a logout request belongs to this browser. */
  browser: string;
};

/** One thing looked at: all of them are, also after one was found wrong, so that the administrator sees everything at once. */
export type Finding = { name: CheckName; reason?: Reason; detail: Record<string, string> };
