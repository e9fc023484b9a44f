import { redirect } from 'next/navigation';
import { endOperatorSessionByToken } from '@/lib/operators/sessions';
import type { OperatorFollowed } from '@/lib/operators/sign-in';
import { clearCookie, readCookie, setCookie } from '@/lib/request/cookies';
import { currentCause } from '@/lib/request/current';
import { landing, operatorPath } from '@/lib/request/return-to';
import { endSessionByToken } from '@/lib/sessions';
import type { Followed } from '@/lib/sign-in/with-password';
import type { Tenant } from '@/lib/tenants/tenants';

/** Goes on from a step of a sign-in that succeeded: sets the cookies and sends the person to the next step, or in. */
export async function follow(tenant: Tenant, result: Followed & { newCodes?: boolean }): Promise<never> {
  if (!('session' in result)) {
    await setCookie('attempt', result.attempt.token, result.attempt.maxAge);
    redirect(`/sign-in/${result.next}`);
  }
  // A browser has one session: whoever signs in again in it leaves the one before.
  await endSessionByToken(tenant, await readCookie('session'), await currentCause());
  await setCookie('session', result.session.token, result.session.maxAge);
  await setCookie('device', result.device);
  await clearCookie('attempt');
  const target = landing(result.returnTo, result.phone);
  redirect(result.newCodes ? firstCodes('/recovery-codes', target) : target);
}

/** The same for an operator's sign-in. */
export async function followOperator(result: OperatorFollowed): Promise<never> {
  if (!('session' in result)) {
    await setCookie('attempt', result.attempt.token, result.attempt.maxAge);
    redirect(`/operator/sign-in/${result.next}`);
  }
  await endOperatorSessionByToken(await readCookie('session'), await currentCause());
  await setCookie('session', result.session.token, result.session.maxAge);
  await setCookie('device', result.device);
  await clearCookie('attempt');
  const target = operatorPath(result.returnTo);
  redirect(result.newCodes ? firstCodes('/operator/recovery-codes', target) : target);
}

/** Codes are shown before anything else, and once. */
function firstCodes(page: string, target: string) {
  return `${page}?return_to=${encodeURIComponent(target)}`;
}

/** Gives the browser the new token of a session that goes on. */
export async function keepSession(result: { session: { token: string; maxAge: number } }) {
  await setCookie('session', result.session.token, result.session.maxAge);
}
