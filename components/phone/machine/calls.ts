import { admit } from './admit';
import type { Chance } from './plan';
import { afterLastCall } from './presence';
import { type Call, type Effect, type Happening, liveCalls, type Outcome, type Phone, type Step } from './state';

/** How long a call that is over can still be read about. */
const SHOWN_AFTERWARDS_MS = 6000;
/** Longer than a phone rings: who says nothing about a transfer by then, says nothing any more. */
const TRANSFERRING_MS = 90_000;

type Of<Type extends Happening['type']> = Extract<Happening, { type: Type }>;

/** One call at a time is begun, and only by a phone that is ready; whoever is on the line waits on hold. */
export function dial(phone: Phone, { id, peer, peerName, uri }: Of<'dial'>, { now }: Chance): Step {
  const live = liveCalls(phone);
  if (phone.registration.is !== 'ready' || live.some(({ phase }) => phase === 'dialling' || phase === 'ringing'))
    return { phone, effects: [] };
  const call = newCall({ id, direction: 'out', peer, peerName, phase: 'dialling', startedAt: now });
  return {
    phone: { ...phone, wrapUp: null, calls: [...live, call] },
    effects: [{ do: 'forget', name: 'wrap-up' }, ...holdOthers(phone, id), { do: 'dial', id, uri }],
  };
}

export function incoming(phone: Phone, { id, peer, peerName }: Of<'incoming'>, { now }: Chance): Step {
  // One that was on its way when this tab was registered no more.
  const isReached = phone.isHere && phone.registration.is !== 'signed-out';
  const admitted = isReached ? admit(phone, now) : null;
  if (!admitted) return { phone, effects: [{ do: 'refuse', id }] };
  const call = newCall({ id, direction: 'in', peer, peerName, phase: 'incoming', startedAt: now });
  const effects: Effect[] = /^\d{2,10}$/.test(peer) ? [{ do: 'look-up-name', id, extension: peer }] : [];
  return { phone: { ...phone, admitted, calls: [...liveCalls(phone), call] }, effects };
}

/** Whoever was on the line has sent us on to somebody else: a call of its own. */
export function transferred(phone: Phone, { id, peer }: Of<'transferred'>, { now }: Chance): Step {
  const call = newCall({ id, direction: 'out', peer, peerName: null, phase: 'dialling', startedAt: now });
  return {
    phone: { ...phone, calls: [...liveCalls(phone), call] },
    effects: [...holdOthers(phone, id), { do: 'look-up-name', id, extension: peer }],
  };
}

export function named(phone: Phone, { id, name }: Of<'named'>): Step {
  return change(phone, id, (call) => ({ ...call, peerName: name }));
}

export function progress(phone: Phone, { id }: Of<'progress'>): Step {
  return change(phone, id, (call) => (call.phase === 'dialling' ? { ...call, phase: 'ringing' } : call));
}

export function answered(phone: Phone, { id }: Of<'answered'>, { now }: Chance): Step {
  return change(phone, id, (call) =>
    call.phase === 'ended' || call.answeredAt ? call : { ...call, phase: 'running', trouble: null, answeredAt: now },
  );
}

/** Kept once, wrapped up if anybody spoke, and shown for a moment. */
export function over(phone: Phone, happening: Of<'over'>, { now }: Chance): Step {
  const call = phone.calls.find(({ id }) => id === happening.id);
  if (!call || call.phase === 'ended') return { phone, effects: [] };
  const ended: Call = { ...call, phase: 'ended', held: false, endedAt: now, outcome: outcomeOf(call, happening) };
  const wrapMs = (phone.account?.wrapUpSeconds ?? 0) * 1000;
  const wraps = ended.answeredAt !== null && wrapMs > 0;
  const next: Phone = {
    ...phone,
    calls: phone.calls.map((one) => (one.id === call.id ? ended : one)),
    wrapUp: wraps ? { call: ended, until: now + wrapMs } : phone.wrapUp,
  };
  const effects: Effect[] = [
    { do: 'keep', call: ended },
    { do: 'after', name: `forget:${call.id}`, ms: SHOWN_AFTERWARDS_MS },
  ];
  if (wraps) effects.push({ do: 'after', name: 'wrap-up', ms: wrapMs });
  const after = afterLastCall(next);
  return { phone: after.phone, effects: [...effects, ...after.effects] };
}

export function forgotten(phone: Phone, id: string): Step {
  const calls = phone.calls.filter((call) => call.id !== id || call.phase !== 'ended');
  return { phone: calls.length === phone.calls.length ? phone : { ...phone, calls }, effects: [] };
}

export function wrappedUp(phone: Phone): Step {
  if (!phone.wrapUp) return { phone, effects: [] };
  const leaves = phone.session === 'over' && liveCalls(phone).length === 0;
  return {
    phone: { ...phone, wrapUp: null },
    effects: [{ do: 'forget', name: 'wrap-up' }, ...(leaves ? [{ do: 'leave', why: phone.why } as const] : [])],
  };
}

export function answer(phone: Phone, { id }: Of<'answer'>): Step {
  const call = phone.calls.find((one) => one.id === id);
  if (call?.phase !== 'incoming') return { phone, effects: [] };
  const step = change(phone, id, (one) => ({ ...one, phase: 'answering', trouble: null }));
  return { phone: step.phone, effects: [...holdOthers(phone, id), { do: 'answer', id }] };
}

export function reject(phone: Phone, { id }: Of<'reject'>): Step {
  return phone.calls.some((call) => call.id === id && (call.phase === 'incoming' || call.phase === 'answering'))
    ? { phone, effects: [{ do: 'refuse', id }] }
    : { phone, effects: [] };
}

export function hangUp(phone: Phone, { id }: Of<'hang-up'>): Step {
  const call = phone.calls.find((one) => one.id === id);
  if (!call || call.phase === 'ended') return { phone, effects: [] };
  return { phone, effects: [{ do: call.phase === 'incoming' ? 'refuse' : 'hang-up', id }] };
}

export function hold(phone: Phone, { id }: Of<'hold'>): Step {
  return runs(phone, id) ? { phone, effects: [{ do: 'hold', id }] } : { phone, effects: [] };
}

export function resume(phone: Phone, { id }: Of<'resume'>): Step {
  if (!runs(phone, id)) return { phone, effects: [] };
  return { phone, effects: [...holdOthers(phone, id), { do: 'resume', id }] };
}

export function held(phone: Phone, { id, held: isHeld }: Of<'held'>): Step {
  return change(phone, id, (call) => ({ ...call, held: isHeld, trouble: null }));
}

export function holdFailed(phone: Phone, { id }: Of<'hold-failed'>): Step {
  return change(phone, id, (call) => ({ ...call, trouble: 'hold' }));
}

export function heldByOther(phone: Phone, { id, held: isHeld }: Of<'held-by-other'>): Step {
  return change(phone, id, (call) => ({ ...call, heldByOther: isHeld }));
}

export function mute(phone: Phone, { id, muted }: Of<'mute'>): Step {
  const step = change(phone, id, (call) => ({ ...call, muted }));
  return step.phone === phone ? step : { phone: step.phone, effects: [{ do: 'mute', id, muted }] };
}

export function tone(phone: Phone, { id, tone: key }: Of<'tone'>): Step {
  const may = runs(phone, id) && /^[0-9*#]$/.test(key);
  return { phone, effects: may ? [{ do: 'tone', id, tone: key }] : [] };
}

export function transfer(phone: Phone, { id, uri }: Of<'transfer'>): Step {
  if (!runs(phone, id)) return { phone, effects: [] };
  const step = change(phone, id, (call) => ({ ...call, phase: 'transferring', trouble: null }));
  return {
    phone: step.phone,
    effects: [
      { do: 'transfer', id, uri },
      { do: 'after', name: `transfer:${id}`, ms: TRANSFERRING_MS },
    ],
  };
}

/** The two others speak with each other now. */
export function transferAccepted(phone: Phone, { id }: Of<'transfer-accepted'>): Step {
  const call = phone.calls.find((one) => one.id === id);
  return { phone, effects: call?.phase === 'transferring' ? [{ do: 'hang-up', id }] : [] };
}

export function transferFailed(phone: Phone, { id }: Pick<Of<'transfer-failed'>, 'id'>): Step {
  return change(phone, id, (call) =>
    call.phase === 'transferring' ? { ...call, phase: 'running', trouble: 'transfer' } : call,
  );
}

export function media(phone: Phone, { id, is }: Of<'media'>): Step {
  const heard = is === 'fine';
  const step = change(phone, id, (call) =>
    call.media === is && (call.heard || !heard) ? call : { ...call, media: is, heard: call.heard || heard },
  );
  const mend = is === 'interrupted' && phone.registration.is === 'ready' && runs(phone, id);
  return { phone: step.phone, effects: mend ? [{ do: 'restart-media', id }] : [] };
}

function newCall(call: Pick<Call, 'id' | 'direction' | 'peer' | 'peerName' | 'phase' | 'startedAt'>): Call {
  return {
    ...call,
    held: false,
    heldByOther: false,
    muted: false,
    media: 'fine',
    heard: false,
    trouble: null,
    answeredAt: null,
    endedAt: null,
    outcome: null,
  };
}

function change(phone: Phone, id: string, by: (call: Call) => Call): Step {
  const calls = phone.calls.map((call) => (call.id === id && call.phase !== 'ended' ? by(call) : call));
  const same = calls.every((call, at) => call === phone.calls[at]);
  return { phone: same ? phone : { ...phone, calls }, effects: [] };
}

function runs(phone: Phone, id: string) {
  return phone.calls.some((call) => call.id === id && call.phase === 'running');
}

function holdOthers(phone: Phone, but: string): Effect[] {
  return phone.calls
    .filter((call) => call.id !== but && call.phase === 'running' && !call.held)
    .map(({ id }) => ({ do: 'hold', id }));
}

/** SIP's answer in our words: RFC 3261, section 21. */
function outcomeOf(call: Call, { by, status, elsewhere }: Of<'over'>): Outcome {
  if (call.answeredAt !== null) return 'answered';
  if (call.direction === 'in') {
    if (elsewhere) return 'elsewhere';
    if (by === 'us') return 'rejected';
    return 'missed';
  }
  if (by === 'us') return 'cancelled';
  if (status === 486 || status === 600) return 'busy';
  if (status === 603 || status === 403) return 'rejected';
  if (status === 404 || status === 484 || status === 604) return 'unknown-number';
  if (status === 480 || status === 408 || status === 487) return 'no-answer';
  return 'failed';
}
