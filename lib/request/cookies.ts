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
