import { ATTEMPT_MS, backoff } from './backoff';
import { type Connecting, type Effect, isCalling, type Phone, type Step } from './state';

/** What the moves have in common: asking, connecting, falling asleep. Pure. */

export type Chance = { now: number; random: number };

export function ask(phone: Phone, why: Connecting): Step {
  return { phone: { ...phone, registration: connecting(phone, why) }, effects: [{ do: 'ask-credentials' }] };
}

export function connect(phone: Phone, why: Connecting): Step {
  return {
    phone: { ...phone, socket: 'opening', registration: said(phone, why) },
    effects: [{ do: 'connect' }, { do: 'after', name: 'give-up', ms: ATTEMPT_MS }],
  };
}

export function connecting(phone: Phone, why: Connecting): Phone['registration'] {
  return { is: 'connecting', why: phone.online ? why : 'offline' };
}

/** Where nobody is to be reached here any more, a socket that opens for the sake of a call says nothing else. */
export function said(phone: Phone, why: Connecting): Phone['registration'] {
  return wantsToBeReady(phone) || phone.registration.is === 'starting' ? connecting(phone, why) : phone.registration;
}

export function whyOf({ registration }: Phone): Connecting {
  return registration.is === 'connecting' ? registration.why : 'first';
}

/** Whether this tab is to be registered as far as it is up to us. */
export function wantsToBeReady({ isHere, session, registration }: Phone) {
  return (
    isHere &&
    session === 'live' &&
    (registration.is === 'connecting' ||
      registration.is === 'ready' ||
      (registration.is === 'not-allowed' && registration.why === 'refused'))
  );
}

/** To be reached here no more. The socket closes behind the last call. */
export function sleep(phone: Phone, registration: Phone['registration']): Step {
  const next: Phone = { ...phone, registration, attempt: 0, refusals: 0 };
  if (isCalling(phone)) {
    const again: Effect[] = phone.socket === 'closed' ? [{ do: 'after', name: 'connect', ms: backoff(0, 0.5) }] : [];
    return { phone: next, effects: [{ do: 'unregister' }, ...unplan(), ...again] };
  }
  return { phone: { ...next, socket: 'closed' }, effects: quiet() };
}

/** Unregisters, closes the socket and plans nothing more. */
export function quiet(): Effect[] {
  return [{ do: 'close' }, ...unplan()];
}

function unplan(): Effect[] {
  return (['connect', 'give-up', 'ask', 'renew'] as const).map((name) => ({ do: 'forget', name }));
}

export function nothing(phone: Phone): Step {
  return { phone, effects: [] };
}

export function join(step: Step, effects: Effect[], where: 'before' | 'after' = 'after'): Step {
  return {
    phone: step.phone,
    effects: where === 'before' ? [...effects, ...step.effects] : [...step.effects, ...effects],
  };
}
