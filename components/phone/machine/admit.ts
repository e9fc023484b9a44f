import { liveCalls, type Phone } from './state';

const RINGING_AT_ONCE = 2;
const CALLS_AT_ONCE = 4;
const A_MINUTE = 60_000;
const ADMITTED_PER_MINUTE = 20;

/** Promises the new list of admissions, or null where one more call is one too many: it is refused as busy, unseen. Pure. */
export function admit(phone: Phone, now: number): number[] | null {
  const live = liveCalls(phone);
  const ringing = live.filter(({ phase }) => phase === 'incoming' || phase === 'answering');
  if (ringing.length >= RINGING_AT_ONCE || live.length >= CALLS_AT_ONCE) return null;
  const lately = phone.admitted.filter((at) => now - at < A_MINUTE);
  return lately.length >= ADMITTED_PER_MINUTE ? null : [...lately, now];
}
