import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseCookie, stringifyCookie } from 'next/dist/compiled/@edge-runtime/cookies/index.js';
import { type CookieName, cookieAge, cookieName, cookieOptions, type NewCookie } from '@/lib/request/cookie-names';

/**
 * Returns the cookies of a request, read by Next's own parser so that pages read the same values.
 */
export function cookiesOf({ headers }: IncomingMessage) {
  const jar = parseCookie(headers.cookie ?? '');
  return (cookie: CookieName) => jar.get(cookieName(cookie));
}

/** Gives the browser these cookies with the response, as Next's own would write them. */
export function sendCookies(response: ServerResponse, cookies: NewCookie[]) {
  const lines = cookies.map(({ cookie, value, maxAge = cookieAge(cookie) }) =>
    stringifyCookie({ name: cookieName(cookie), value, ...cookieOptions(), maxAge }),
  );
  response.setHeader('set-cookie', lines);
}
