import { liveCalls, type PhoneState } from './state';

/** What announces incoming calls: `knock` is the quiet sound during another call. */
export type RingSound = 'none' | 'ring' | 'knock';

export function ringingCalls(phone: PhoneState) {
  return liveCalls(phone).filter(({ phase }) => phase === 'incoming');
}

export function ringSoundOf(phone: PhoneState): RingSound {
  if (ringingCalls(phone).length === 0) return 'none';
  const isTalking = liveCalls(phone).some(({ phase }) => phase === 'running' || phase === 'transferring');
  return isTalking ? 'knock' : 'ring';
}
