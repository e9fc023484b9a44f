import type { Effect, Transition } from './effects';
import type { Call, PhoneState } from './state';

/** Reads and changes of the list of calls. */

export function newCall(call: Pick<Call, 'id' | 'direction' | 'peer' | 'peerName' | 'phase' | 'startedAt'>): Call {
  return {
    ...call,
    held: false,
    isHeldByOther: false,
    muted: false,
    media: 'fine',
    heard: false,
    trouble: null,
    answeredAt: null,
    endedAt: null,
    outcome: null,
  };
}

export function updateCall(phone: PhoneState, id: string, by: (call: Call) => Call): Transition {
  const calls = phone.calls.map((call) => (call.id === id && call.phase !== 'ended' ? by(call) : call));
  const same = calls.every((call, at) => call === phone.calls[at]);
  return { phone: same ? phone : { ...phone, calls }, effects: [] };
}

export function isRunning(phone: PhoneState, id: string) {
  return phone.calls.some((call) => call.id === id && call.phase === 'running');
}

export function holdOthers(phone: PhoneState, but: string): Effect[] {
  return phone.calls
    .filter((call) => call.id !== but && call.phase === 'running' && !call.held)
    .map(({ id }) => ({ type: 'hold', id }));
}
