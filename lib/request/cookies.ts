import { cookies } from 'next/headers';
import { env } from '@/lib/env';
import { days, minutes } from '@/lib/time';

/** Every cookie there is. Host-only and never sent cross-site with a POST; the session's age is told when it is set. */
const COOKIES = {
  session: { name: 'sid', age: days(1) },
  attempt: { name: 'pl', age: minutes(10) },
  device: { name: 'dv', age: days(180) },
  reset: { name: 'rs', age: minutes(15) },
  invitation: { name: 'iv', age: minutes(60) },
  emailLink: { name: 'em', age: minutes(15) },
  /** Binds every round trip to an identity provider to the browser that began it. */
  sso: { name: 'rq', age: minutes(10) },
  locale: { name: 'lang', age: days(365) },
  authCsrf: { name: 'cs', age: days(1) },
  authCallback: { name: 'cb', age: days(1) },
} as const;

export type CookieName = keyof typeof COOKIES;

/** The name on the wire: over HTTPS with the prefix that a sibling subdomain cannot set. */
export function cookieName(cookie: CookieName) {
  return `${env().secure ? '__Host-' : ''}${COOKIES[cookie].name}`;
}

/** How our cookies are set; Auth.js is given the same. */
export function cookieOptions() {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: env().secure } as const;
}

export async function readCookie(cookie: CookieName) {
  return (await cookies()).get(cookieName(cookie))?.value;
}

/** Sets a cookie; `maxAge` in seconds where it is not the table's. */
export async function setCookie(cookie: CookieName, value: string, maxAge: number = COOKIES[cookie].age / 1000) {
  (await cookies()).set(cookieName(cookie), value, { ...cookieOptions(), maxAge });
}

export async function clearCookie(cookie: CookieName) {
  (await cookies()).set(cookieName(cookie), '', { ...cookieOptions(), maxAge: 0 });
}

/** The token of the reset link that this browser has followed. */
export function resetToken() {
  return readCookie('reset');
}

/** The token of the invitation that this browser has followed. */
export function invitationToken() {
  return readCookie('invitation');
}

/** The token of the e-mail confirmation link that this browser has followed. */
export function emailToken() {
  return readCookie('emailLink');
}
