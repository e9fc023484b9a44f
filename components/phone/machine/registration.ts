import { backoff, portalBackoff } from './backoff';
import type { Effect, Transition } from './effects';
import type { EventOf } from './events';
import {
  connectingState,
  deactivate,
  isMeantToRegister,
  openSocket,
  requestCredentials,
  type StepContext,
  unchanged,
  withEffects,
} from './plan';
import { onSessionEnded } from './presence';
import { isCalling, liveCalls, type PhoneState } from './state';

/** From credentials to a registration, and its renewal. */

/** Requests new credentials this long before the old ones expire. */
const RENEW_BEFORE_MS = 90_000;

const LEAST_RENEWAL_MS = 15_000;

/** Refused credentials are retried late: an administrator must fix something first. */
const AFTER_REFUSAL_MS = 30_000;

export function onCredentials(
  phone: PhoneState,
  { account, sameSocket }: EventOf<'credentials'>,
  { now }: StepContext,
): Transition {
  if (!phone.isActiveTab) return unchanged(phone);
  const was = phone.account;
  if (was && (was.extension !== account.extension || was.domain !== account.domain)) return stopForOtherUser(phone);
  const next: PhoneState = { ...phone, account, session: 'live', why: null, attempt: 0 };
  const left = account.expiresAt - now;
  const renew: Effect[] = [
    { type: 'clear-timer', name: 'request' },
    { type: 'set-timer', name: 'renew', ms: Math.max(LEAST_RENEWAL_MS, left - RENEW_BEFORE_MS) },
  ];
  if (phone.registration.state === 'no-microphone') return { phone: next, effects: renew };
  if (phone.socket === 'open' && sameSocket) {
    const registration: PhoneState['registration'] =
      phone.registration.state === 'ready' ? phone.registration : { state: 'connecting', why: 'registering' };
    return { phone: { ...next, registration }, effects: [...renew, { type: 'register' }] };
  }
  return withEffects(openSocket(next, 'first'), renew);
}

/** Another user has signed in: a running call continues, and the page reloads after it. */
function stopForOtherUser(phone: PhoneState): Transition {
  const next: PhoneState = { ...phone, session: 'live', why: null };
  const step = deactivate(next, { state: 'not-allowed', why: 'other-user' });
  return isCalling(phone) ? step : withEffects(step, [{ type: 'reload' }]);
}

export function onCredentialsRefused(phone: PhoneState, { error, why }: EventOf<'credentials-refused'>): Transition {
  if (error === 'signed-out') return onSessionEnded(phone, { type: 'session-ended', why });
  if (error === 'no-phone' && phone.session === 'ended') return stopForOtherUser(phone);
  return deactivate(phone, { state: 'not-allowed', why: error });
}

/** The portal is unreachable or limits requests. Credentials that have not expired stay in use. */
export function onCredentialsUnavailable(
  phone: PhoneState,
  _: EventOf<'credentials-unavailable'>,
  { now, random }: StepContext,
): Transition {
  if (!phone.isActiveTab) return unchanged(phone);
  const again: Effect = { type: 'set-timer', name: 'request', ms: portalBackoff(phone.attempt, random) };
  const next = { ...phone, attempt: phone.attempt + 1 };
  if (phone.account && phone.account.expiresAt > now) {
    if (phone.socket === 'open') return { phone: next, effects: [again, { type: 'register' }] };
    if (phone.socket === 'closed') return withEffects(openSocket(next, 'server-unreachable'), [again]);
  }
  return { phone: { ...next, registration: connectingState(next, 'portal-unreachable') }, effects: [again] };
}

export function onSocketOpen(phone: PhoneState): Transition {
  const open: PhoneState = { ...phone, socket: 'open' };
  const effects: Effect[] = [{ type: 'clear-timer', name: 'connect-timeout' }];
  if (!isMeantToRegister(phone)) return { phone: open, effects };
  return {
    phone: { ...open, registration: { state: 'connecting', why: 'registering' } },
    effects: [...effects, { type: 'register' }],
  };
}

/** Restarts interrupted media over the new registration. */
export function onRegistered(phone: PhoneState): Transition {
  if (!isMeantToRegister(phone)) return unchanged(phone);
  const next: PhoneState = { ...phone, registration: { state: 'ready' }, attempt: 0, refusals: 0 };
  const interrupted = liveCalls(phone).filter(({ phase, media }) => phase === 'running' && media === 'interrupted');
  return { phone: next, effects: interrupted.map(({ id }): Effect => ({ type: 'restart-media', id })) };
}

/**
 * The first refusal requests new credentials at once, because the old ones may just have expired.
 */
export function onRegistrationFailed(
  phone: PhoneState,
  { status }: EventOf<'registration-failed'>,
  { random }: StepContext,
): Transition {
  if (!isMeantToRegister(phone)) return unchanged(phone);
  if (status === 401 || status === 403 || status === 407 || status === 404) {
    const next = { ...phone, refusals: phone.refusals + 1 };
    if (phone.refusals === 0) return requestCredentials(next, 'renewing');
    return {
      phone: { ...next, registration: { state: 'not-allowed', why: 'refused' } },
      effects: [{ type: 'set-timer', name: 'request', ms: AFTER_REFUSAL_MS }],
    };
  }
  // No answer, or none of a registrar: a new socket may reach a working server.
  return {
    phone: {
      ...phone,
      socket: 'closed',
      attempt: phone.attempt + 1,
      registration: connectingState(phone, status === null ? 'server-unreachable' : 'server-error'),
    },
    effects: [{ type: 'drop-socket' }, { type: 'set-timer', name: 'connect', ms: backoff(phone.attempt, random) }],
  };
}

export function onExpiring(phone: PhoneState): Transition {
  return { phone, effects: [{ type: 'request-credentials' }] };
}

/** Handles Try again, and the timers that do the same. */
export function retry(phone: PhoneState): Transition {
  // After signing in again, the portal's answer is still awaited.
  if (!phone.isActiveTab || (phone.session === 'ended' && phone.registration.state !== 'connecting'))
    return unchanged(phone);
  if (phone.registration.state === 'no-microphone') return { phone, effects: [{ type: 'check-microphone' }] };
  if (phone.registration.state === 'ready') return { phone, effects: [{ type: 'request-credentials' }] };
  const { registration } = phone;
  return requestCredentials(
    { ...phone, refusals: 0 },
    registration.state === 'connecting' ? registration.why : 'first',
  );
}
