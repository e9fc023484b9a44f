import { env } from '@/lib/env';
import { LIFETIMES } from '@/lib/lifetimes';
import { days } from '@/lib/time';

/**
 * Every cookie there is. Host-only and never sent cross-site with a POST; the session's age is told
 * when it is set.
 */
const COOKIES = {
  session: { name: 'sid', age: days(1) },
  attempt: { name: 'pl', age: LIFETIMES.attempt },
  device: { name: 'dv', age: LIFETIMES.device },
  reset: { name: 'rs', age: LIFETIMES.linkCookie },
  invitation: { name: 'iv', age: LIFETIMES.invitationCookie },
  emailLink: { name: 'em', age: LIFETIMES.linkCookie },
  /** Binds every round trip to an identity provider to the browser that began it. */
  sso: { name: 'rq', age: LIFETIMES.ssoFlow },
  locale: { name: 'lang', age: days(365) },
  authCsrf: { name: 'cs', age: days(1) },
  authCallback: { name: 'cb', age: days(1) },
} as const;

export type CookieName = keyof typeof COOKIES;

/** The name on the wire: over HTTPS with the prefix that a sibling subdomain cannot set. */
export function cookieName(cookie: CookieName) {
  return `${env().secure ? '__Host-' : ''}${COOKIES[cookie].name}`;
}

/**
 * What a browser is to keep from now on; `maxAge` in seconds where it is not the table's, 0 to
 * forget it.
 */
export type NewCookie = { cookie: CookieName; value: string; maxAge?: number };

/** How our cookies are set; Auth.js is given the same. */
export function cookieOptions() {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: env().secure } as const;
}

/** How long a browser keeps the cookie where nothing else is said, in seconds. */
export function cookieAge(cookie: CookieName) {
  return COOKIES[cookie].age / 1000;
}

/** The cookies that hold the token of a mailed link. */
export type LinkCookie = Extract<CookieName, 'reset' | 'emailLink' | 'invitation'>;
