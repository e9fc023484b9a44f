import { redirect } from 'next/navigation';
import type { NextOperatorStep } from '@/lib/operators/attempt';
import { endOperatorSessionByToken } from '@/lib/operators/sessions';
import { readCookie, setCookie } from '@/lib/request/cookies';
import { currentCause } from '@/lib/request/current';
import { type Onward, onward, operatorOnward } from '@/lib/request/onward';
import { endSessionByToken } from '@/lib/sessions/end';
import type { NextSignInStep } from '@/lib/sign-in/with-password';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Goes on from a step of a sign-in that succeeded: sets the cookies and sends the person to the
 * next step, or in.
 */
export async function follow(tenant: Tenant, result: NextSignInStep & { newCodes?: boolean }): Promise<never> {
  const next = onward(result);
  // A browser has one session: signing in again replaces it.
  if (next.isIn) await endSessionByToken(tenant, await readCookie('session'), await currentCause());
  return go(next);
}

/** The same for an operator's sign-in. */
export async function followOperator(result: NextOperatorStep): Promise<never> {
  const next = operatorOnward(result);
  if (next.isIn) await endOperatorSessionByToken(await readCookie('session'), await currentCause());
  return go(next);
}

async function go({ cookies, path }: Onward): Promise<never> {
  for (const { cookie, value, maxAge } of cookies) await setCookie(cookie, value, maxAge);
  redirect(path);
}

/** Gives the browser the new token of a session that goes on. */
export async function keepSession(result: { session: { token: string; maxAge: number } }) {
  await setCookie('session', result.session.token, result.session.maxAge);
}
