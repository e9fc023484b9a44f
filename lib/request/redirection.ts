import type { NextOperatorStep } from '@/lib/operators/attempt';
import type { NewCookie } from '@/lib/request/cookie-names';
import { firstPath, operatorPath } from '@/lib/request/return-to';
import type { NextSignInStep } from '@/lib/sign-in/with-password';

/** What follows a step of a sign-in that succeeded; `isIn` after the last one. */
export type Redirection = { cookies: NewCookie[]; path: string; isIn: boolean };

/** Returns where to redirect after a step, and the cookies to set. Pure. */
export function redirectionAfter(result: NextSignInStep & { newCodes?: boolean }): Redirection {
  if (!('session' in result)) return waiting('/sign-in', result);
  return inside(result, firstPath(result.returnTo, result.phone), '/recovery-codes');
}

/** Does the same for an operator. Pure. */
export function operatorRedirectionAfter(result: NextOperatorStep): Redirection {
  if (!('session' in result)) return waiting('/operator/sign-in', result);
  return inside(result, operatorPath(result.returnTo), '/operator/recovery-codes');
}

type Pending = { next: string; attempt: { token: string; maxAge: number } };
type Inside = { session: { token: string; maxAge: number }; device: string; newCodes?: boolean };

function waiting(folder: string, { next, attempt }: Pending): Redirection {
  const cookies: NewCookie[] = [{ cookie: 'attempt', value: attempt.token, maxAge: attempt.maxAge }];
  return { cookies, path: `${folder}/${next}`, isIn: false };
}

function inside({ session, device, newCodes }: Inside, target: string, codes: string): Redirection {
  const cookies: NewCookie[] = [
    { cookie: 'session', value: session.token, maxAge: session.maxAge },
    { cookie: 'device', value: device },
    { cookie: 'attempt', value: '', maxAge: 0 },
  ];
  // Codes are shown before anything else, and once.
  const path = newCodes ? `${codes}?return_to=${encodeURIComponent(target)}` : target;
  return { cookies, path, isIn: true };
}
