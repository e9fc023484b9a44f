import { redirect } from 'next/navigation';
import { readCookie } from '@/lib/request/cookies';
import { anyone } from '@/lib/request/current';
import { sendToProvider } from '@/lib/request/send-to-provider';
import { isFromElsewhere, isInteraction } from '@/lib/request/store';
import { signInPath } from '@/lib/sessions/sign-in-path';
import { redeemCompanySignOut } from '@/lib/sso/sign-out/company-sign-out';

/**
 * Sends a user on to sign out at their identity provider too, once, because they selected the link.
 */
export async function GET(request: Request) {
  const { tenant } = await anyone();
  if (isFromElsewhere(request) || !isInteraction()) redirect('/signed-out');
  const ticket = new URL(request.url).searchParams.get('t');
  const to = await redeemCompanySignOut(tenant, ticket, await readCookie('sso'));
  return sendToProvider(to ?? { address: signInPath('signed-out') });
}
