import { ask, join, nothing, quiet, sleep, wantsToBeReady } from './plan';
import { type Effect, type Happening, isBusy, isCalling, liveCalls, type Phone, type Step } from './state';

/** Whether this tab is the phone at all: the tab, the microphone, the session. Pure. */

type Of<Type extends Happening['type']> = Extract<Happening, { type: Type }>;

export function start(phone: Phone, { online }: Of<'start'>): Step {
  return { phone: { ...phone, online }, effects: [{ do: 'wait-for-lock' }] };
}

export function lockHeld(phone: Phone): Step {
  if (phone.registration.is === 'signed-out') return { phone, effects: [{ do: 'release-lock' }] };
  return {
    phone: { ...phone, isHere: true, registration: { is: 'starting' } },
    effects: [{ do: 'say-busy' }, { do: 'look-at-microphone' }],
  };
}

export function lockElsewhere(phone: Phone, { busy }: Of<'lock-elsewhere'>): Step {
  const asked = phone.registration.is === 'elsewhere' && phone.registration.asked && !busy;
  return { phone: { ...phone, isHere: false, registration: { is: 'elsewhere', busy, asked } }, effects: [] };
}

export function takeOver(phone: Phone): Step {
  if (phone.registration.is !== 'elsewhere') return nothing(phone);
  return {
    phone: { ...phone, registration: { is: 'elsewhere', busy: false, asked: true } },
    effects: [{ do: 'ask-take-over' }],
  };
}

/** Another tab wants to be the phone: only while nobody is on the line here. */
export function takeOverAsked(phone: Phone): Step {
  if (!phone.isHere) return nothing(phone);
  if (isCalling(phone)) return { phone, effects: [{ do: 'say-busy' }] };
  const released = sleep(phone, { is: 'elsewhere', busy: false, asked: false });
  return join({ ...released, phone: { ...released.phone, isHere: false } }, [
    { do: 'release-lock' },
    { do: 'wait-for-lock' },
  ]);
}

/** Another tab took the phone because this one did not answer. Who is on the line stays on it. */
export function lockLost(phone: Phone): Step {
  const lost = sleep(phone, { is: 'elsewhere', busy: false, asked: false });
  return join({ ...lost, phone: { ...lost.phone, isHere: false } }, [{ do: 'wait-for-lock' }]);
}

/** Without a microphone nobody is registered: calls go where they can be answered. */
export function microphone(phone: Phone, { is, call }: Of<'microphone'>): Step {
  const next = {
    ...phone,
    microphone: is,
    calls: call ? phone.calls.map((one) => (one.id === call ? notAnswered(one) : one)) : phone.calls,
  };
  if (!phone.isHere || phone.session === 'over') return { phone: next, effects: [] };
  if (is === 'blocked' || is === 'missing' || is === 'unsupported')
    return sleep(next, { is: 'no-microphone', why: is });
  if (phone.registration.is !== 'starting' && phone.registration.is !== 'no-microphone')
    return { phone: next, effects: [] };
  return ask(next, 'first');
}

function notAnswered<Call extends Phone['calls'][number]>(call: Call): Call {
  return call.phase === 'answering' ? { ...call, phase: 'incoming', trouble: 'microphone' } : call;
}

/** The portal's session is over. Nobody is cut off: the page asks to sign in again above the call. */
export function sessionOver(phone: Phone, { why }: Of<'session-over'>): Step {
  // Who has signed out here knows it.
  if (phone.registration.is === 'signed-out') return nothing(phone);
  // Signing in again has not helped.
  if (phone.session === 'over' && phone.registration.is === 'connecting')
    return { phone: { ...phone, why, registration: { is: 'signed-out' } }, effects: [{ do: 'forget', name: 'ask' }] };
  if (phone.session === 'over') return nothing(phone);
  const step = sleep({ ...phone, session: 'over', why }, { is: 'signed-out' });
  return isBusy(phone) ? step : join(step, [{ do: 'leave', why }]);
}

export function signedInAgain(phone: Phone): Step {
  if (phone.session !== 'over') return nothing(phone);
  return ask({ ...phone, registration: { is: 'starting' } }, 'first');
}

/** Gives everything back before the person signs out. */
export function signOut(phone: Phone): Step {
  const effects: Effect[] = liveCalls(phone).map(({ id }) => ({ do: 'hang-up', id }));
  return {
    phone: { ...phone, isHere: false, socket: 'closed', registration: { is: 'signed-out' } },
    effects: [...effects, ...quiet(), { do: 'release-lock' }],
  };
}

/** What follows the last call where the phone had only waited for it to end. */
export function afterLastCall(phone: Phone): Step {
  const { registration, session, wrapUp, why } = phone;
  if (isCalling(phone) || wantsToBeReady(phone)) return nothing(phone);
  const step = sleep(phone, registration);
  if (registration.is === 'not-allowed' && registration.why === 'other-person') return join(step, [{ do: 'reload' }]);
  return session === 'over' && !wrapUp ? join(step, [{ do: 'leave', why }]) : step;
}
