import { liveCalls, type PhoneState } from './state';

const MAX_RINGING = 2;
const MAX_CALLS = 4;
const MINUTE_MS = 60_000;
const ADMITTED_PER_MINUTE = 20;

/**
 * Returns the admissions with one more, or null where a limit is reached and the call is refused as
 * busy.
 */
export function admit(phone: PhoneState, now: number): number[] | null {
  const live = liveCalls(phone);
  const ringing = live.filter(({ phase }) => phase === 'incoming' || phase === 'answering');
  if (ringing.length >= MAX_RINGING || live.length >= MAX_CALLS) return null;
  const recent = phone.admissions.filter((at) => now - at < MINUTE_MS);
  return recent.length >= ADMITTED_PER_MINUTE ? null : [...recent, now];
}
