import { redirect } from 'next/navigation';
import { readCookie } from '@/lib/request/cookies';
import { anyone } from '@/lib/request/current';
import { isFromElsewhere, isOwnDoing } from '@/lib/request/store';
import { takeCompanyLogout } from '@/lib/sso/company-logout';

/** Sends a person on to sign out at his identity provider too, once, because he pressed the link. */
export async function GET(request: Request) {
  const { tenant } = await anyone();
  if (isFromElsewhere(request) || !isOwnDoing()) redirect('/signed-out');
  const ticket = new URL(request.url).searchParams.get('t');
  redirect((await takeCompanyLogout(tenant, ticket, await readCookie('sso'))) ?? '/sign-in?reason=signed-out');
}
