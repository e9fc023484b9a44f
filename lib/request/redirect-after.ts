import { redirect } from 'next/navigation';
import type { NextOperatorStep } from '@/lib/operators/attempt';
import { endOperatorSessionByToken } from '@/lib/operators/sessions';
import { readCookie, setCookie } from '@/lib/request/cookies';
import { currentCause } from '@/lib/request/current';
import { operatorRedirectionAfter, type Redirection, redirectionAfter } from '@/lib/request/redirection';
import { endSessionByToken } from '@/lib/sessions/end';
import type { NextSignInStep } from '@/lib/sign-in/with-password';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Sets the cookies after a step of a sign-in that succeeded, and redirects to the next step or to
 * the page that was requested.
 */
export async function redirectAfter(tenant: Tenant, result: NextSignInStep & { newCodes?: boolean }): Promise<never> {
  const next = redirectionAfter(result);
  // A browser has one session: signing in again replaces it.
  if (next.isIn) await endSessionByToken(tenant, await readCookie('session'), await currentCause());
  return setCookiesAndRedirect(next);
}

/** Does the same for an operator's sign-in. */
export async function redirectOperatorAfter(result: NextOperatorStep): Promise<never> {
  const next = operatorRedirectionAfter(result);
  if (next.isIn) await endOperatorSessionByToken(await readCookie('session'), await currentCause());
  return setCookiesAndRedirect(next);
}

async function setCookiesAndRedirect({ cookies, path }: Redirection): Promise<never> {
  for (const { cookie, value, maxAge } of cookies) await setCookie(cookie, value, maxAge);
  redirect(path);
}

/** Sets the cookie of a session that continues under a new token. */
export async function setSessionCookie(result: { session: { token: string; maxAge: number } }) {
  await setCookie('session', result.session.token, result.session.maxAge);
}
