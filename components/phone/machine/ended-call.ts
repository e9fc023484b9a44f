import type { EndedCall } from '@/lib/phone/wire';
import type { Call } from './state';

/** Returns an ended call as the portal stores it. */
export function toEndedCall(call: Call): EndedCall {
  const answered = call.answeredAt !== null;
  return {
    id: call.id,
    direction: call.direction,
    outcome: answered ? 'answered' : outcomeOf(call),
    peer: call.peer,
    peerName: call.peerName,
    startedAt: isoTime(call.startedAt),
    answeredAt: call.answeredAt === null ? null : isoTime(call.answeredAt),
    endedAt: isoTime(call.endedAt ?? call.startedAt),
  };
}

function outcomeOf({ outcome, direction }: Call): EndedCall['outcome'] {
  if (outcome === 'unknown-number') return 'failed';
  if (outcome && outcome !== 'answered') return outcome;
  // The page was closed while the call was ringing.
  return direction === 'in' ? 'missed' : 'cancelled';
}

function isoTime(moment: number) {
  return new Date(moment).toISOString();
}
