import { isCalling } from '@/components/phone/machine/state';
import { changeAnnouncer } from './announce';
import { callAudio } from './call-audio';
import { callLog } from './call-log';
import { effectRunner } from './effects';
import { microphones } from './microphone';
import { listenToPage } from './page-events';
import { portal as openPortal } from './portal';
import type { Dispatch } from './ports';
import { requestCredentials } from './request-credentials';
import { ringer } from './ring';
import { openSip } from './sip';
import { createStore, type Store } from './store';
import { tabLock } from './tab-lock';
import { timerSet } from './timers';

/** `socket` is the address that the document's content security policy allows. */
export type EngineOptions = { socket: string; words: { notification: string } };
export type Engine = ReturnType<typeof startEngine>;

/**
 * Creates the phone of this document. It lives as long as the document, on every page shown in it.
 */
export function startEngine({ socket, words }: EngineOptions) {
  const store: Store = createStore(
    (effect) => effects.run(effect),
    (before, after) => announce(before, after),
  );
  const { dispatch } = store;
  const adapters = openAdapters(dispatch, () => isCalling(store.phone));
  const { sip, portal } = adapters;
  const ring = ringer(store.notify);
  const audio = callAudio(store, sip, adapters.microphone);
  const log = callLog(portal);
  const effects = effectRunner({
    ...adapters,
    dispatch,
    audio,
    log,
    timers: timerSet((name) => dispatch({ type: 'timer', name })),
    requestCredentials: () => void requestCredentials(store, portal, sip, socket),
  });
  const announce = changeAnnouncer({ ...adapters, dispatch, ring, title: words.notification });

  return {
    get phone() {
      return store.phone;
    },
    get isSoundBlocked() {
      return ring.isBlocked();
    },
    subscribe: store.subscribe,
    dispatch,
    start() {
      listenToPage({ store, sip, log, allowSound: ring.wake });
      dispatch({ type: 'start', online: navigator.onLine });
    },
    /** Resolves when the phone is unregistered and all calls are stored. */
    async signOut() {
      dispatch({ type: 'sign-out' });
      await Promise.all([effects.closed(), log.settled()]);
    },
    connectionOf: sip.connectionOf,
    useDevice: audio.useDevice,
    allowMicrophone: audio.allowMicrophone,
  };
}

function openAdapters(dispatch: Dispatch, isInCall: () => boolean) {
  const portal = openPortal();
  const microphone = microphones((status) => dispatch({ type: 'microphone', status }));
  const sip = openSip(dispatch, {
    openMicrophone: async () => {
      const opened = await microphone.open();
      return opened.ok ? opened.stream : null;
    },
    isColleague: async (extension) => (await portal.nameOf(extension)) !== null,
  });
  return { portal, microphone, sip, lock: tabLock(dispatch, isInCall) };
}
