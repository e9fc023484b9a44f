/** Why a user is sent to the sign-in page; the sentences are `signIn.reason` in messages. */
export type SignInReason =
  | OperatorSignInReason
  | 'second-factor'
  | 'password-changed'
  | 'welcome'
  | 'single-sign-on'
  | 'sso-withdrawn'
  | 'network'
  | 'sso-busy';

/** The same for the operator console: `operatorDoor.reason` in messages. */
export type OperatorSignInReason = 'idle' | 'absolute' | 'ended' | 'expired' | 'signed-out';

/** Returns the path of a tenant's sign-in page, with the reason and the path to return to. */
export function signInPath(reason?: SignInReason | null, returnTo?: string) {
  return withQuery('/sign-in', reason, returnTo);
}

/** Returns the path of the console's sign-in page, with the reason and the path to return to. */
export function operatorSignInPath(reason?: OperatorSignInReason | null, returnTo?: string) {
  return withQuery('/operator/sign-in', reason, returnTo);
}

function withQuery(page: string, reason: string | null | undefined, returnTo: string | undefined) {
  const parameters = new URLSearchParams();
  if (reason) parameters.set('reason', reason);
  if (returnTo !== undefined) parameters.set('return_to', returnTo);
  const query = parameters.toString();
  return query ? `${page}?${query}` : page;
}
