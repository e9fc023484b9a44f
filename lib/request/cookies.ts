import { cookies } from 'next/headers';
import { type CookieName, cookieAge, cookieName, cookieOptions } from '@/lib/request/cookie-names';

export async function readCookie(cookie: CookieName) {
  return (await cookies()).get(cookieName(cookie))?.value;
}

/** Sets a cookie; `maxAge` in seconds where it is not the table's. */
export async function setCookie(cookie: CookieName, value: string, maxAge = cookieAge(cookie)) {
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
