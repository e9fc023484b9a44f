import * as calls from './calls';
import type { Chance } from './plan';
import * as presence from './presence';
import * as registration from './registration';
import type { Happening, Phone, Step } from './state';

type Move<Type extends Happening['type']> = (
  phone: Phone,
  happening: Extract<Happening, { type: Type }>,
  chance: Chance,
) => Step;

const MOVES: { [Type in Happening['type']]: Move<Type> } = {
  start: presence.start,
  'lock-held': presence.lockHeld,
  'lock-elsewhere': presence.lockElsewhere,
  'lock-lost': presence.lockLost,
  'take-over': presence.takeOver,
  'take-over-asked': presence.takeOverAsked,
  microphone: presence.microphone,
  credentials: registration.credentials,
  'credentials-refused': registration.credentialsRefused,
  'credentials-later': registration.credentialsLater,
  'socket-open': registration.socketOpen,
  'socket-closed': registration.socketClosed,
  registered: registration.registered,
  'registration-failed': registration.registrationFailed,
  expiring: registration.expiring,
  online: registration.anew('online'),
  woke: registration.anew('woke'),
  offline: registration.offline,
  timer: timer,
  retry: registration.askAgain,
  'session-over': presence.sessionOver,
  'signed-in-again': presence.signedInAgain,
  'sign-out': presence.signOut,
  dial: calls.dial,
  incoming: calls.incoming,
  transferred: calls.transferred,
  named: calls.named,
  progress: calls.progress,
  answered: calls.answered,
  over: calls.over,
  answer: calls.answer,
  reject: calls.reject,
  'hang-up': calls.hangUp,
  hold: calls.hold,
  resume: calls.resume,
  held: calls.held,
  'hold-failed': calls.holdFailed,
  'held-by-other': calls.heldByOther,
  mute: calls.mute,
  tone: calls.tone,
  transfer: calls.transfer,
  'transfer-accepted': calls.transferAccepted,
  'transfer-failed': calls.transferFailed,
  media: calls.media,
  'wrapped-up': calls.wrappedUp,
};

/** Promises what the phone is after this happening, and what is to be done. Where nothing changed, the same object. Pure. */
export function step(phone: Phone, happening: Happening, chance: Chance): Step {
  const move = MOVES[happening.type] as Move<Happening['type']>;
  return move(phone, happening, chance);
}

function timer(phone: Phone, { name }: Extract<Happening, { type: 'timer' }>, chance: Chance): Step {
  if (name === 'connect') return registration.tryToConnect(phone, chance);
  if (name === 'give-up') return registration.giveUpAttempt(phone, chance);
  if (name === 'ask' || name === 'renew') return registration.askAgain(phone);
  if (name === 'wrap-up') return calls.wrappedUp(phone);
  if (name.startsWith('transfer:')) return calls.transferFailed(phone, { id: name.slice('transfer:'.length) });
  return calls.forgotten(phone, name.slice('forget:'.length));
}
