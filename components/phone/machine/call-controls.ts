import { holdOthers, isRunning, newCall, updateCall } from './call-list';
import type { Transition } from './effects';
import type { EventOf } from './events';
import type { StepContext } from './plan';
import { liveCalls, type PhoneState } from './state';

/** What the user does with a call. */

const TRANSFER_TIMEOUT_MS = 90_000;

/**
 * Dials if the phone is ready and no other call is being dialled. Running calls are put on hold.
 */
export function dial(
  phone: PhoneState,
  { id, peer, peerName, uri }: EventOf<'dial'>,
  { now }: StepContext,
): Transition {
  const live = liveCalls(phone);
  if (phone.registration.state !== 'ready' || live.some(({ phase }) => phase === 'dialling' || phase === 'ringing'))
    return { phone, effects: [] };
  const call = newCall({ id, direction: 'out', peer, peerName, phase: 'dialling', startedAt: now });
  return {
    phone: { ...phone, wrapUp: null, calls: [...live, call] },
    effects: [{ type: 'clear-timer', name: 'wrap-up' }, ...holdOthers(phone, id), { type: 'dial', id, uri }],
  };
}

export function answer(phone: PhoneState, { id }: EventOf<'answer'>): Transition {
  const call = phone.calls.find((one) => one.id === id);
  if (call?.phase !== 'incoming') return { phone, effects: [] };
  const step = updateCall(phone, id, (one) => ({ ...one, phase: 'answering', trouble: null }));
  return { phone: step.phone, effects: [...holdOthers(phone, id), { type: 'answer', id }] };
}

export function reject(phone: PhoneState, { id }: EventOf<'reject'>): Transition {
  return phone.calls.some((call) => call.id === id && (call.phase === 'incoming' || call.phase === 'answering'))
    ? { phone, effects: [{ type: 'refuse', id }] }
    : { phone, effects: [] };
}

export function hangUp(phone: PhoneState, { id }: EventOf<'hang-up'>): Transition {
  const call = phone.calls.find((one) => one.id === id);
  if (!call || call.phase === 'ended') return { phone, effects: [] };
  return { phone, effects: [{ type: call.phase === 'incoming' ? 'refuse' : 'hang-up', id }] };
}

export function hold(phone: PhoneState, { id }: EventOf<'hold'>): Transition {
  return isRunning(phone, id) ? { phone, effects: [{ type: 'hold', id }] } : { phone, effects: [] };
}

export function resume(phone: PhoneState, { id }: EventOf<'resume'>): Transition {
  if (!isRunning(phone, id)) return { phone, effects: [] };
  return { phone, effects: [...holdOthers(phone, id), { type: 'resume', id }] };
}

export function mute(phone: PhoneState, { id, muted }: EventOf<'mute'>): Transition {
  const step = updateCall(phone, id, (call) => ({ ...call, muted }));
  return step.phone === phone ? step : { phone: step.phone, effects: [{ type: 'mute', id, muted }] };
}

export function sendTone(phone: PhoneState, { id, tone: key }: EventOf<'tone'>): Transition {
  const may = isRunning(phone, id) && /^[0-9*#]$/.test(key);
  return { phone, effects: may ? [{ type: 'tone', id, tone: key }] : [] };
}

export function transfer(phone: PhoneState, { id, uri }: EventOf<'transfer'>): Transition {
  if (!isRunning(phone, id)) return { phone, effects: [] };
  const step = updateCall(phone, id, (call) => ({ ...call, phase: 'transferring', trouble: null }));
  return {
    phone: step.phone,
    effects: [
      { type: 'transfer', id, uri },
      { type: 'set-timer', name: `transfer:${id}`, ms: TRANSFER_TIMEOUT_MS },
    ],
  };
}
