import { cleanName } from '@/components/phone/machine/clean-name';
import type { Effect } from '@/components/phone/machine/effects';
import type { callAudio } from './call-audio';
import type { callLog } from './call-log';
import { goToSignIn } from './go-to-sign-in';
import type { Dispatch, Microphones, Portal, Sip, TabLock } from './ports';
import type { timerSet } from './timers';

type Handlers = { [Type in Effect['type']]: (effect: Extract<Effect, { type: Type }>) => unknown };

type Adapters = {
  dispatch: Dispatch;
  sip: Sip;
  lock: TabLock;
  portal: Portal;
  microphone: Microphones;
  audio: ReturnType<typeof callAudio>;
  log: ReturnType<typeof callLog>;
  timers: ReturnType<typeof timerSet>;
  requestCredentials: () => void;
};

/** Returns what runs an effect, and `closed`, which resolves when the last close is done. */
export function effectRunner(adapters: Adapters) {
  let closing: Promise<void> = Promise.resolve();
  const afterClose = (act: () => unknown) => void closing.then(act);
  const handlers: Handlers = {
    ...sessionHandlers(adapters, afterClose),
    ...callHandlers(adapters),
    close: () => {
      closing = adapters.sip.close();
    },
  };
  return {
    run: (effect: Effect) => void (handlers[effect.type] as (effect: Effect) => unknown)(effect),
    closed: () => closing,
  };
}

type CallEffect =
  | 'dial'
  | 'answer'
  | 'refuse'
  | 'hang-up'
  | 'hold'
  | 'resume'
  | 'mute'
  | 'tone'
  | 'transfer'
  | 'restart-media'
  | 'look-up-name'
  | 'store-call';

/** `afterClose` waits until the registrar has confirmed that the phone is unregistered. */
function sessionHandlers(
  { dispatch, sip, lock, portal, microphone, timers, requestCredentials }: Adapters,
  afterClose: (act: () => unknown) => void,
): Omit<Handlers, CallEffect | 'close'> {
  return {
    'wait-for-lock': () => afterClose(lock.wait),
    'request-take-over': lock.takeOver,
    'release-lock': () => afterClose(lock.release),
    'announce-busy': lock.announceBusy,
    'check-microphone': () => microphone.check().then((status) => dispatch({ type: 'microphone', status })),
    'request-credentials': requestCredentials,
    connect: () => afterClose(sip.connect),
    'drop-socket': sip.drop,
    register: sip.register,
    unregister: sip.unregister,
    'set-timer': ({ name, ms }) => timers.set(name, ms),
    'clear-timer': ({ name }) => timers.clear(name),
    leave: ({ why }) => afterClose(() => goToSignIn(why, portal.isLive)),
    reload: () => afterClose(() => location.reload()),
  };
}

function callHandlers({ dispatch, sip, portal, audio, log }: Adapters): Pick<Handlers, CallEffect> {
  return {
    dial: ({ id, uri }) => audio.dial(id, uri),
    answer: ({ id }) => audio.answer(id),
    refuse: ({ id }) => sip.refuse(id),
    'hang-up': ({ id }) => audio.hangUp(id),
    hold: ({ id }) => sip.hold(id),
    resume: ({ id }) => sip.resume(id),
    mute: ({ id, muted }) => sip.mute(id, muted),
    tone: ({ id, tone }) => sip.tone(id, tone),
    transfer: ({ id, uri }) => sip.transfer(id, uri),
    'restart-media': ({ id }) => sip.restartMedia(id),
    'look-up-name': async ({ id, extension }) => {
      const name = cleanName(await portal.nameOf(extension));
      if (name) dispatch({ type: 'name-found', id, name });
    },
    'store-call': ({ call }) => log.store(call),
  };
}
