import type { EndedCall } from '@/lib/phone/wire';
import type { Call } from './state';

/** Promises a call that is over as the portal keeps it. Pure. */
export function keptCall(call: Call): EndedCall {
  const answered = call.answeredAt !== null;
  return {
    id: call.id,
    direction: call.direction,
    outcome: answered ? 'answered' : outcomeOf(call),
    peer: call.peer,
    peerName: call.peerName,
    startedAt: written(call.startedAt),
    answeredAt: call.answeredAt === null ? null : written(call.answeredAt),
    endedAt: written(call.endedAt ?? call.startedAt),
  };
}

function outcomeOf({ outcome, direction }: Call): EndedCall['outcome'] {
  if (outcome === 'unknown-number') return 'failed';
  if (outcome && outcome !== 'answered') return outcome;
  // The page went while it rang.
  return direction === 'in' ? 'missed' : 'cancelled';
}

function written(moment: number) {
  return new Date(moment).toISOString();
}
