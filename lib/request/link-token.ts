import { redirect } from 'next/navigation';
import { isToken } from '@/lib/crypto';
import type { LinkCookie } from '@/lib/request/cookie-names';
import { setCookie } from '@/lib/request/cookies';
import { anyone } from '@/lib/request/current';

/**
 * Puts the token of a mailed link into a short-lived cookie and goes on to the page without it. A
 * scanner's GET changes nothing.
 */
export async function keepLinkToken(cookie: LinkCookie, token: string, page: string): Promise<never> {
  await anyone();
  await setCookie(cookie, isToken(token) ? token : '-');
  redirect(page);
}
