import { backoff } from './backoff';
import type { Effect, Transition } from './effects';
import type { EventOf, PhoneEvent } from './events';
import {
  connectingReason,
  isMeantToRegister,
  openSocket,
  requestCredentials,
  type StepContext,
  stateWhileConnecting,
  unchanged,
  withEffects,
} from './plan';
import { isCalling, type PhoneState } from './state';

/** How a lost socket, a lost network and sleep lead back to a connection. */

export function onSocketClosed(phone: PhoneState, _: EventOf<'socket-closed'>, { random }: StepContext): Transition {
  if (phone.socket === 'closed') return unchanged(phone);
  const closed: PhoneState = { ...phone, socket: 'closed' };
  const effects: Effect[] = [{ type: 'clear-timer', name: 'connect-timeout' }];
  if (!isMeantToRegister(phone) && !isCalling(phone)) return { phone: closed, effects };
  return {
    phone: { ...closed, attempt: phone.attempt + 1, registration: stateWhileConnecting(phone, 'server-unreachable') },
    effects: [...effects, { type: 'set-timer', name: 'connect', ms: backoff(phone.attempt, random) }],
  };
}

/** After sleep or a network change the old socket may look open and be dead, so it is replaced. */
export function reconnect(why: 'online' | 'wake') {
  return (phone: PhoneState, _: PhoneEvent, { now }: StepContext): Transition => {
    const next: PhoneState = { ...phone, online: true, attempt: 0, socket: 'closed' };
    if (!isMeantToRegister(phone)) return unchanged({ ...phone, online: true });
    const stale = !phone.account || phone.account.expiresAt <= now;
    const reason = why === 'wake' ? 'wake' : 'server-unreachable';
    return withEffects(
      stale ? requestCredentials(next, reason) : openSocket(next, reason),
      [{ type: 'drop-socket' }],
      'before',
    );
  };
}

export function onOffline(phone: PhoneState, _: PhoneEvent, { random }: StepContext): Transition {
  const next: PhoneState = { ...phone, online: false };
  if (!isMeantToRegister(phone)) return unchanged(next);
  return {
    phone: { ...next, socket: 'closed', registration: { state: 'connecting', why: 'offline' } },
    effects: [{ type: 'drop-socket' }, { type: 'set-timer', name: 'connect', ms: backoff(3, random) }],
  };
}

export function reconnectSocket(phone: PhoneState, context: StepContext): Transition {
  if (phone.socket !== 'closed') return unchanged(phone);
  // A running call needs the socket to hang up, even where the phone no longer registers.
  if (!isMeantToRegister(phone)) return isCalling(phone) ? openSocket(phone, 'server-unreachable') : unchanged(phone);
  if (!phone.account || phone.account.expiresAt <= context.now)
    return requestCredentials(phone, connectingReason(phone));
  return openSocket(phone, connectingReason(phone));
}

export function onConnectTimeout(phone: PhoneState, context: StepContext): Transition {
  if (phone.socket !== 'opening') return unchanged(phone);
  return withEffects(onSocketClosed(phone, { type: 'socket-closed' }, context), [{ type: 'drop-socket' }], 'before');
}
