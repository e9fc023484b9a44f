import * as controls from './call-controls';
import * as calls from './calls';
import type { Transition } from './effects';
import type { EventOf, PhoneEvent } from './events';
import type { StepContext } from './plan';
import * as presence from './presence';
import * as reconnect from './reconnect';
import * as registration from './registration';
import type { PhoneState } from './state';

type Handler<Type extends PhoneEvent['type']> = (
  phone: PhoneState,
  event: EventOf<Type>,
  context: StepContext,
) => Transition;

const HANDLERS: { [Type in PhoneEvent['type']]: Handler<Type> } = {
  start: presence.onStart,
  'lock-held': presence.onLockHeld,
  'lock-elsewhere': presence.onLockElsewhere,
  'lock-lost': presence.onLockLost,
  'take-over': presence.requestTakeOver,
  'take-over-requested': presence.onTakeOverRequested,
  microphone: presence.onMicrophone,
  credentials: registration.onCredentials,
  'credentials-refused': registration.onCredentialsRefused,
  'credentials-unavailable': registration.onCredentialsUnavailable,
  'socket-open': registration.onSocketOpen,
  'socket-closed': reconnect.onSocketClosed,
  registered: registration.onRegistered,
  'registration-failed': registration.onRegistrationFailed,
  expiring: registration.onExpiring,
  online: reconnect.reconnect('online'),
  wake: reconnect.reconnect('wake'),
  offline: reconnect.onOffline,
  timer: onTimer,
  retry: registration.retry,
  'session-ended': presence.onSessionEnded,
  'signed-in': presence.onSignedIn,
  'sign-out': presence.signOut,
  dial: controls.dial,
  incoming: calls.onIncoming,
  referred: calls.onRefer,
  'name-found': calls.onNameFound,
  progress: calls.onProgress,
  answered: calls.onAnswered,
  ended: calls.onEnded,
  answer: controls.answer,
  reject: controls.reject,
  'hang-up': controls.hangUp,
  hold: controls.hold,
  resume: controls.resume,
  held: calls.onHoldChanged,
  'hold-failed': calls.onHoldFailed,
  'remote-hold': calls.onRemoteHold,
  mute: controls.mute,
  tone: controls.sendTone,
  transfer: controls.transfer,
  'transfer-accepted': calls.onTransferAccepted,
  'transfer-failed': calls.onTransferFailed,
  media: calls.onMedia,
  'finish-wrap-up': calls.finishWrapUp,
};

/** Returns the next state and the effects of an event. An unchanged state is the same object. */
export function transition(phone: PhoneState, event: PhoneEvent, context: StepContext): Transition {
  const handle = HANDLERS[event.type] as Handler<PhoneEvent['type']>;
  return handle(phone, event, context);
}

function onTimer(phone: PhoneState, { name }: EventOf<'timer'>, context: StepContext): Transition {
  if (name === 'connect') return reconnect.reconnectSocket(phone, context);
  if (name === 'connect-timeout') return reconnect.onConnectTimeout(phone, context);
  if (name === 'request' || name === 'renew') return registration.retry(phone);
  if (name === 'wrap-up') return calls.finishWrapUp(phone);
  if (name.startsWith('transfer:')) return calls.onTransferFailed(phone, { id: name.slice('transfer:'.length) });
  return calls.removeEndedCall(phone, name.slice('remove:'.length));
}
