import type { Effect, Transition } from './effects';
import type { EventOf } from './events';
import { closeEffects, deactivate, isMeantToRegister, requestCredentials, unchanged, withEffects } from './plan';
import { type Call, isBusy, isCalling, liveCalls, type PhoneState } from './state';

/** Whether this tab is the phone: the tab lock, the microphone, the session. */

export function onStart(phone: PhoneState, { online }: EventOf<'start'>): Transition {
  return { phone: { ...phone, online }, effects: [{ type: 'wait-for-lock' }] };
}

export function onLockHeld(phone: PhoneState): Transition {
  if (phone.registration.state === 'signed-out') return { phone, effects: [{ type: 'release-lock' }] };
  return {
    phone: { ...phone, isActiveTab: true, registration: { state: 'starting' } },
    effects: [{ type: 'announce-busy' }, { type: 'check-microphone' }],
  };
}

export function onLockElsewhere(phone: PhoneState, { busy }: EventOf<'lock-elsewhere'>): Transition {
  const requested = phone.registration.state === 'elsewhere' && phone.registration.requested && !busy;
  return {
    phone: { ...phone, isActiveTab: false, registration: { state: 'elsewhere', busy, requested } },
    effects: [],
  };
}

export function requestTakeOver(phone: PhoneState): Transition {
  if (phone.registration.state !== 'elsewhere') return unchanged(phone);
  return {
    phone: { ...phone, registration: { state: 'elsewhere', busy: false, requested: true } },
    effects: [{ type: 'request-take-over' }],
  };
}

/** Gives the phone to another tab, unless a call runs here. */
export function onTakeOverRequested(phone: PhoneState): Transition {
  if (!phone.isActiveTab) return unchanged(phone);
  if (isCalling(phone)) return { phone, effects: [{ type: 'announce-busy' }] };
  const released = deactivate(phone, { state: 'elsewhere', busy: false, requested: false });
  return withEffects({ ...released, phone: { ...released.phone, isActiveTab: false } }, [
    { type: 'release-lock' },
    { type: 'wait-for-lock' },
  ]);
}

/** Another tab took the lock because this one did not answer. A running call continues here. */
export function onLockLost(phone: PhoneState): Transition {
  const lost = deactivate(phone, { state: 'elsewhere', busy: false, requested: false });
  return withEffects({ ...lost, phone: { ...lost.phone, isActiveTab: false } }, [{ type: 'wait-for-lock' }]);
}

/** Without a microphone the phone unregisters, so that calls go where they can be answered. */
export function onMicrophone(phone: PhoneState, { status, call }: EventOf<'microphone'>): Transition {
  const next = {
    ...phone,
    microphone: status,
    calls: call ? phone.calls.map((one) => (one.id === call ? ringAgain(one) : one)) : phone.calls,
  };
  if (!phone.isActiveTab || phone.session === 'ended') return { phone: next, effects: [] };
  if (status === 'blocked' || status === 'missing' || status === 'unsupported')
    return deactivate(next, { state: 'no-microphone', why: status });
  if (phone.registration.state !== 'starting' && phone.registration.state !== 'no-microphone')
    return { phone: next, effects: [] };
  return requestCredentials(next, 'first');
}

function ringAgain(call: Call): Call {
  return call.phase === 'answering' ? { ...call, phase: 'incoming', trouble: 'microphone' } : call;
}

/** Ends with the portal's session. A running call continues, and the page asks to sign in again. */
export function onSessionEnded(phone: PhoneState, { why }: EventOf<'session-ended'>): Transition {
  if (phone.registration.state === 'signed-out') return unchanged(phone);
  // The new session was refused too.
  if (phone.session === 'ended' && phone.registration.state === 'connecting')
    return {
      phone: { ...phone, why, registration: { state: 'signed-out' } },
      effects: [{ type: 'clear-timer', name: 'request' }],
    };
  if (phone.session === 'ended') return unchanged(phone);
  const step = deactivate({ ...phone, session: 'ended', why }, { state: 'signed-out' });
  return isBusy(phone) ? step : withEffects(step, [{ type: 'leave', why }]);
}

export function onSignedIn(phone: PhoneState): Transition {
  if (phone.session !== 'ended') return unchanged(phone);
  return requestCredentials({ ...phone, registration: { state: 'starting' } }, 'first');
}

/** Ends all calls and unregisters, before the user signs out. */
export function signOut(phone: PhoneState): Transition {
  const effects: Effect[] = liveCalls(phone).map(({ id }) => ({ type: 'hang-up', id }));
  return {
    phone: { ...phone, isActiveTab: false, socket: 'closed', registration: { state: 'signed-out' } },
    effects: [...effects, ...closeEffects(), { type: 'release-lock' }],
  };
}

/**
 * Finishes what was postponed until the last call ended: deregistering, reloading, leaving the
 * page.
 */
export function afterLastCall(phone: PhoneState): Transition {
  const { registration, session, wrapUp, why } = phone;
  if (isCalling(phone) || isMeantToRegister(phone)) return unchanged(phone);
  const step = deactivate(phone, registration);
  if (registration.state === 'not-allowed' && registration.why === 'other-user')
    return withEffects(step, [{ type: 'reload' }]);
  return session === 'ended' && !wrapUp ? withEffects(step, [{ type: 'leave', why }]) : step;
}
