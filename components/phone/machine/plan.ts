import { ATTEMPT_MS, backoff } from './backoff';
import type { Effect, Transition } from './effects';
import { type ConnectingReason, isCalling, type PhoneState, type RegistrationState } from './state';

/** What the handlers have in common: requesting credentials, connecting, deregistering. */

/** The inputs of a transition that are neither state nor event; `random` is from 0 to 1. */
export type StepContext = { now: number; random: number };

export function requestCredentials(phone: PhoneState, why: ConnectingReason): Transition {
  return { phone: { ...phone, registration: connectingState(phone, why) }, effects: [{ type: 'request-credentials' }] };
}

export function openSocket(phone: PhoneState, why: ConnectingReason): Transition {
  return {
    phone: { ...phone, socket: 'opening', registration: stateWhileConnecting(phone, why) },
    effects: [{ type: 'connect' }, { type: 'set-timer', name: 'connect-timeout', ms: ATTEMPT_MS }],
  };
}

export function connectingState(phone: PhoneState, why: ConnectingReason): RegistrationState {
  return { state: 'connecting', why: phone.online ? why : 'offline' };
}

/**
 * Returns the state shown while the socket opens. A socket reopened only for a running call changes
 * nothing.
 */
export function stateWhileConnecting(phone: PhoneState, why: ConnectingReason): RegistrationState {
  return isMeantToRegister(phone) || phone.registration.state === 'starting'
    ? connectingState(phone, why)
    : phone.registration;
}

export function connectingReason({ registration }: PhoneState): ConnectingReason {
  return registration.state === 'connecting' ? registration.why : 'first';
}

/** Returns whether this tab should be registered, now or as soon as the server allows. */
export function isMeantToRegister({ isActiveTab, session, registration }: PhoneState) {
  return (
    isActiveTab &&
    session === 'live' &&
    (registration.state === 'connecting' ||
      registration.state === 'ready' ||
      (registration.state === 'not-allowed' && registration.why === 'refused'))
  );
}

/** Stops receiving calls. The socket stays open until the last call has ended. */
export function deactivate(phone: PhoneState, registration: RegistrationState): Transition {
  const next: PhoneState = { ...phone, registration, attempt: 0, refusals: 0 };
  if (!isCalling(phone)) return { phone: { ...next, socket: 'closed' }, effects: closeEffects() };
  const reconnect: Effect[] =
    phone.socket === 'closed' ? [{ type: 'set-timer', name: 'connect', ms: backoff(0, 0.5) }] : [];
  return { phone: next, effects: [{ type: 'unregister' }, ...cancelTimers(), ...reconnect] };
}

/** Returns the effects that unregister, close the socket and cancel all reconnecting. */
export function closeEffects(): Effect[] {
  return [{ type: 'close' }, ...cancelTimers()];
}

export function unchanged(phone: PhoneState): Transition {
  return { phone, effects: [] };
}

export function withEffects(step: Transition, effects: Effect[], where: 'before' | 'after' = 'after'): Transition {
  return {
    phone: step.phone,
    effects: where === 'before' ? [...effects, ...step.effects] : [...step.effects, ...effects],
  };
}

function cancelTimers(): Effect[] {
  return (['connect', 'connect-timeout', 'request', 'renew'] as const).map((name) => ({ type: 'clear-timer', name }));
}
