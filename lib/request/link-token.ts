import { redirect } from 'next/navigation';
import { isToken } from '@/lib/crypto';
import type { CookieName } from '@/lib/request/cookie-names';
import { setCookie } from '@/lib/request/cookies';
import { anyone } from '@/lib/request/current';

/** The cookies that hold the token of a mailed link. */
export type LinkCookie = Extract<CookieName, 'reset' | 'emailLink' | 'invitation'>;

/** Puts the token of a mailed link into a short-lived cookie and goes on to the page without it. A scanner's GET changes nothing. */
export async function keepLinkToken(cookie: LinkCookie, token: string, page: string): Promise<never> {
  await anyone();
  await setCookie(cookie, isToken(token) ? token : '-');
  redirect(page);
}
