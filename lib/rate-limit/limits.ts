import { minutes } from '@/lib/time';

/** How many times the requests of one IPv6 client a whole /48 may make: an office, a campus. */
export const PER_SITE = 3;

/**
 * How much one network address may ask for, per tenant. Volume only: who is locked out is decided
 * by lib/sign-in/throttle.
 */
export const LIMITS = {
  /**
   * Tries at a password. One that succeeds is given back, so that a whole office may sign in from
   * one address. `tenant` counts the tries at all accounts of a tenant from browsers that their
   * users have not signed in from before.
   */
  'sign-in': { most: 100, window: minutes(15), tenant: 1000 },
  /** Requests for a reset link. */
  reset: { most: 20, window: minutes(60) },
  /** Round trips to an identity provider. One that ends in a sign-in is given back. */
  sso: { most: 200, window: minutes(15) },
  /** Answers of providers that were refused: each is written down. */
  'sso-failure': { most: 300, window: minutes(15) },
  /** Unsolicited answers that were refused, for a whole tenant: anyone can send them. */
  'sso-unsolicited': { most: 30, window: minutes(15) },
  /**
   * Messages that anyone can post as a provider, before they are read; one that is genuine is given
   * back.
   */
  'sso-post': { most: 300, window: minutes(15) },
  /**
   * Failed signature and key checks of one address at a connection; more count for all addresses.
   */
  'sso-check': { most: 20, window: minutes(15) },
  'sso-connection': { most: 1000, window: minutes(15) },
  /** Codes of printed slips that were typed; one that opens is given back. */
  slip: { most: 30, window: minutes(15) },
  /**
   * What one session's softphone asks for by itself: credentials at every connection, a word each
   * minute of a call.
   */
  'phone-credentials': { most: 60, window: minutes(10) },
  'phone-busy': { most: 200, window: minutes(10) },
  /** Colleagues looked up while one types, and calls told and read. */
  'phone-colleagues': { most: 300, window: minutes(5) },
  'phone-calls': { most: 300, window: minutes(10) },
  /** Accounts looked up on the root domain. */
  find: { most: 60, window: minutes(15) },
} as const;

export type LimitName = keyof typeof LIMITS;

/** The limits that also count a whole tenant. */
export type TenantLimitName = {
  [Name in LimitName]: (typeof LIMITS)[Name] extends { tenant: number } ? Name : never;
}[LimitName];
