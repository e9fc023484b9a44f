import { admit } from './admit';
import { holdOthers, isRunning, newCall, updateCall } from './call-list';
import type { Effect, Transition } from './effects';
import type { EventOf } from './events';
import type { StepContext } from './plan';
import { afterLastCall } from './presence';
import { type Call, type CallOutcome, liveCalls, type PhoneState } from './state';

/** What the other party and the SIP server report about calls. */

const ENDED_SHOWN_MS = 6000;

export function onIncoming(
  phone: PhoneState,
  { id, peer, peerName }: EventOf<'incoming'>,
  { now }: StepContext,
): Transition {
  // An INVITE may still arrive after this tab has unregistered.
  const canRing = phone.isActiveTab && phone.registration.state !== 'signed-out';
  const admissions = canRing ? admit(phone, now) : null;
  if (!admissions) return { phone, effects: [{ type: 'refuse', id }] };
  const call = newCall({ id, direction: 'in', peer, peerName, phase: 'incoming', startedAt: now });
  const effects: Effect[] = /^\d{2,10}$/.test(peer) ? [{ type: 'look-up-name', id, extension: peer }] : [];
  return { phone: { ...phone, admissions, calls: [...liveCalls(phone), call] }, effects };
}

/** The other party has transferred us (REFER): the transfer target is a call of its own. */
export function onRefer(phone: PhoneState, { id, peer }: EventOf<'referred'>, { now }: StepContext): Transition {
  const call = newCall({ id, direction: 'out', peer, peerName: null, phase: 'dialling', startedAt: now });
  return {
    phone: { ...phone, calls: [...liveCalls(phone), call] },
    effects: [...holdOthers(phone, id), { type: 'look-up-name', id, extension: peer }],
  };
}

export function onNameFound(phone: PhoneState, { id, name }: EventOf<'name-found'>): Transition {
  return updateCall(phone, id, (call) => ({ ...call, peerName: name }));
}

export function onProgress(phone: PhoneState, { id }: EventOf<'progress'>): Transition {
  return updateCall(phone, id, (call) => (call.phase === 'dialling' ? { ...call, phase: 'ringing' } : call));
}

export function onAnswered(phone: PhoneState, { id }: EventOf<'answered'>, { now }: StepContext): Transition {
  return updateCall(phone, id, (call) =>
    call.phase === 'ended' || call.answeredAt ? call : { ...call, phase: 'running', trouble: null, answeredAt: now },
  );
}

/**
 * Stores the call once, starts the wrap-up if it was answered, and shows it as ended for a moment.
 */
export function onEnded(phone: PhoneState, event: EventOf<'ended'>, { now }: StepContext): Transition {
  const call = phone.calls.find(({ id }) => id === event.id);
  if (!call || call.phase === 'ended') return { phone, effects: [] };
  const ended: Call = { ...call, phase: 'ended', held: false, endedAt: now, outcome: outcomeOf(call, event) };
  const wrapMs = (phone.account?.wrapUpSeconds ?? 0) * 1000;
  const hasWrapUp = ended.answeredAt !== null && wrapMs > 0;
  const next: PhoneState = {
    ...phone,
    calls: phone.calls.map((one) => (one.id === call.id ? ended : one)),
    wrapUp: hasWrapUp ? { call: ended, until: now + wrapMs } : phone.wrapUp,
  };
  const effects: Effect[] = [
    { type: 'store-call', call: ended },
    { type: 'set-timer', name: `remove:${call.id}`, ms: ENDED_SHOWN_MS },
  ];
  if (hasWrapUp) effects.push({ type: 'set-timer', name: 'wrap-up', ms: wrapMs });
  const after = afterLastCall(next);
  return { phone: after.phone, effects: [...effects, ...after.effects] };
}

export function removeEndedCall(phone: PhoneState, id: string): Transition {
  const calls = phone.calls.filter((call) => call.id !== id || call.phase !== 'ended');
  return { phone: calls.length === phone.calls.length ? phone : { ...phone, calls }, effects: [] };
}

export function finishWrapUp(phone: PhoneState): Transition {
  if (!phone.wrapUp) return { phone, effects: [] };
  const leaves = phone.session === 'ended' && liveCalls(phone).length === 0;
  return {
    phone: { ...phone, wrapUp: null },
    effects: [
      { type: 'clear-timer', name: 'wrap-up' },
      ...(leaves ? [{ type: 'leave', why: phone.why } as const] : []),
    ],
  };
}

export function onHoldChanged(phone: PhoneState, { id, held: isHeld }: EventOf<'held'>): Transition {
  return updateCall(phone, id, (call) => ({ ...call, held: isHeld, trouble: null }));
}

export function onHoldFailed(phone: PhoneState, { id }: EventOf<'hold-failed'>): Transition {
  return updateCall(phone, id, (call) => ({ ...call, trouble: 'hold' }));
}

export function onRemoteHold(phone: PhoneState, { id, held: isHeld }: EventOf<'remote-hold'>): Transition {
  return updateCall(phone, id, (call) => ({ ...call, isHeldByOther: isHeld }));
}

/** Leaves the call: the other two parties are connected. */
export function onTransferAccepted(phone: PhoneState, { id }: EventOf<'transfer-accepted'>): Transition {
  const call = phone.calls.find((one) => one.id === id);
  return { phone, effects: call?.phase === 'transferring' ? [{ type: 'hang-up', id }] : [] };
}

export function onTransferFailed(phone: PhoneState, { id }: Pick<EventOf<'transfer-failed'>, 'id'>): Transition {
  return updateCall(phone, id, (call) =>
    call.phase === 'transferring' ? { ...call, phase: 'running', trouble: 'transfer' } : call,
  );
}

export function onMedia(phone: PhoneState, { id, status }: EventOf<'media'>): Transition {
  const isFine = status === 'fine';
  const step = updateCall(phone, id, (call) =>
    call.media === status && (call.heard || !isFine) ? call : { ...call, media: status, heard: call.heard || isFine },
  );
  const restarts = status === 'interrupted' && phone.registration.state === 'ready' && isRunning(phone, id);
  return { phone: step.phone, effects: restarts ? [{ type: 'restart-media', id }] : [] };
}

/** Returns the outcome for a SIP status (RFC 3261, section 21). */
function outcomeOf(call: Call, { by, status, elsewhere }: EventOf<'ended'>): CallOutcome {
  if (call.answeredAt !== null) return 'answered';
  if (call.direction === 'in') {
    if (elsewhere) return 'elsewhere';
    if (by === 'local') return 'rejected';
    return 'missed';
  }
  if (by === 'local') return 'cancelled';
  if (status === 486 || status === 600) return 'busy';
  if (status === 603 || status === 403) return 'rejected';
  if (status === 404 || status === 484 || status === 604) return 'unknown-number';
  if (status === 480 || status === 408 || status === 487) return 'no-answer';
  return 'failed';
}
