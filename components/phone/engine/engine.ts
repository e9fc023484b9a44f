import { cleanName } from '@/components/phone/machine/clean-name';
import { keptCall } from '@/components/phone/machine/kept-call';
import { step } from '@/components/phone/machine/machine';
import { accountOf } from '@/components/phone/machine/ports';
import {
  type Account,
  type Call,
  type Effect,
  FIRST,
  type Happening,
  isBusy,
  isCalling,
  liveCalls,
  type Phone,
  type Timer,
} from '@/components/phone/machine/state';
import { watchSleep } from './clock';
import { chosenDevices, type Devices } from './devices';
import { heartbeat } from './heartbeat';
import { leave } from './leave';
import { microphones } from './microphone';
import { notifier } from './notify';
import { attempt, oneByOne } from './one-by-one';
import { playThrough } from './play-remote';
import { portal } from './portal';
import { ringer } from './ring';
import { openSip } from './sip';
import { tabLock } from './tab-lock';

export type EngineWords = { notification: string };
export type Engine = ReturnType<typeof startEngine>;

/**
 * Promises the phone of this document: what it is, who listens, and what can happen to it. It begins at once and lives as
 * long as the document, through every page that is shown in it. `socket` is what the document may connect to.
 */
export function startEngine({ socket, words }: { socket: string; words: EngineWords }) {
  let phone: Phone = FIRST;
  let soundBlocked = false;
  const listeners = new Set<() => void>();
  const timers = new Map<Timer, ReturnType<typeof setTimeout>>();
  let closing: Promise<void> = Promise.resolve();
  let begun = false;
  const keeping = new Set<Promise<void>>();

  const tell = oneByOne(happen);
  const microphone = microphones((is) => tell({ type: 'microphone', is }));
  const gate = portal();
  const sip = openSip(tell, {
    openMicrophone: async () => {
      const opened = await microphone.open();
      return opened.ok ? opened.stream : null;
    },
    isColleague: async (extension) => (await gate.nameOf(extension)) !== null,
  });
  const lock = tabLock(tell, () => isCalling(phone));
  const ring = ringer((is) => {
    soundBlocked = is;
    for (const listener of listeners) listener();
  });
  const notice = notifier();
  const beat = heartbeat(gate.busy, (why) => tell({ type: 'session-over', why }));

  function happen(happening: Happening) {
    const before = phone;
    const { phone: after, effects } = step(before, happening, { now: Date.now(), random: Math.random() });
    phone = after;
    for (const effect of effects) attempt(() => run(effect));
    if (after !== before) follow(before, after);
  }

  function follow(before: Phone, after: Phone) {
    const rings = liveCalls(after).filter(({ phase }) => phase === 'incoming');
    const talks = liveCalls(after).some(({ phase }) => phase === 'running' || phase === 'transferring');
    attempt(() => ring.set(rings.length === 0 ? 'none' : talks ? 'knock' : 'ring'));
    attempt(() =>
      notice.show(rings.map((call) => ({ id: call.id, title: words.notification, text: call.peerName ?? call.peer }))),
    );
    if (isCalling(before) !== isCalling(after)) lock.sayBusy();
    if (isBusy(before) !== isBusy(after)) beat(isBusy(after));
    for (const listener of listeners) attempt(listener);
  }

  function run(effect: Effect) {
    switch (effect.do) {
      case 'wait-for-lock':
        // Behind a release, which waits for the goodbye to the server.
        return void closing.then(lock.wait);
      case 'ask-take-over':
        return lock.takeOver();
      case 'release-lock':
        return void closing.then(lock.release);
      case 'say-busy':
        return lock.sayBusy();
      case 'look-at-microphone':
        return void microphone.look().then((is) => tell({ type: 'microphone', is }));
      case 'ask-credentials':
        return void askCredentials();
      case 'connect':
        return void closing.then(sip.connect);
      case 'drop-socket':
        return sip.drop();
      case 'register':
        return sip.register();
      case 'unregister':
        return sip.unregister();
      case 'close':
        closing = sip.close();
        return;
      case 'after':
        return after(effect.name, effect.ms);
      case 'forget':
        return clearTimeout(timers.get(effect.name));
      case 'dial':
        return void dial(effect.id, effect.uri);
      case 'answer':
        return void answer(effect.id);
      case 'refuse':
        return sip.refuse(effect.id);
      case 'hang-up':
        return hangUp(effect.id);
      case 'hold':
        return sip.hold(effect.id);
      case 'resume':
        return sip.resume(effect.id);
      case 'mute':
        return sip.mute(effect.id, effect.muted);
      case 'tone':
        return sip.tone(effect.id, effect.tone);
      case 'transfer':
        return sip.transfer(effect.id, effect.uri);
      case 'restart-media':
        return sip.restartMedia(effect.id);
      case 'look-up-name':
        return void name(effect.id, effect.extension);
      case 'keep':
        return keep(effect.call);
      case 'leave':
        return void closing.then(() => leave(effect.why, gate.isLive));
      case 'reload':
        return void closing.then(() => location.reload());
    }
  }

  function after(timer: Timer, ms: number) {
    clearTimeout(timers.get(timer));
    timers.set(
      timer,
      setTimeout(() => {
        timers.delete(timer);
        tell({ type: 'timer', name: timer });
      }, ms),
    );
  }

  async function askCredentials() {
    const asked = await gate.credentials();
    if (!asked.ok) {
      if (asked.because === 'later') return tell({ type: 'credentials-later' });
      return tell({ type: 'credentials-refused', error: asked.because, why: asked.why });
    }
    // The document was sent with leave to connect to the old address alone.
    if (originOf(asked.credentials.socket) !== originOf(socket) && !isCalling(phone))
      return tell({ type: 'credentials-refused', error: 'old-page', why: null });
    try {
      const used = await sip.use(asked.credentials);
      const account = accountOf(asked.credentials, asked.aheadMs);
      if (used === 'not-now' && isSameAccount(account, phone.account)) return tell({ type: 'credentials-later' });
      tell({ type: 'credentials', account, sameSocket: used === 'goes-on' });
    } catch {
      tell({ type: 'credentials-later' });
    }
  }

  async function dial(id: string, uri: string) {
    const opened = await microphone.open();
    const isWanted = liveCalls(phone).some((call) => call.id === id);
    if (opened.ok) {
      if (!isWanted) return stop(opened.stream);
      if (phone.microphone !== 'granted') tell({ type: 'microphone', is: 'granted' });
      return sip.dial(id, uri, opened.stream);
    }
    tell({ type: 'over', id, by: 'system', status: null });
    tell({ type: 'microphone', is: opened.is });
  }

  async function answer(id: string) {
    const opened = await microphone.open();
    if (!opened.ok) return tell({ type: 'microphone', is: opened.is, call: id });
    if (phone.microphone !== 'granted') tell({ type: 'microphone', is: 'granted' });
    sip.answer(id, opened.stream);
  }

  /** A call whose microphone is still being opened is known to nobody else yet. */
  function hangUp(id: string) {
    if (sip.connectionOf(id) || phone.calls.some((call) => call.id === id && call.direction === 'in'))
      return sip.hangUp(id);
    tell({ type: 'over', id, by: 'us', status: null });
  }

  function keep(call: Call) {
    const kept = gate.keep(keptCall(call)).finally(() => keeping.delete(kept));
    keeping.add(kept);
  }

  async function name(id: string, extension: string) {
    const known = cleanName(await gate.nameOf(extension));
    if (known) tell({ type: 'named', id, name: known });
  }

  function begin() {
    if (begun) return;
    begun = true;
    addEventListener('online', () => tell({ type: 'online' }));
    addEventListener('offline', () => tell({ type: 'offline' }));
    for (const kind of ['pointerdown', 'keydown'] as const) addEventListener(kind, ring.wake, { passive: true });
    addEventListener('pagehide', goodbye);
    addEventListener('gatehouse:leave', (event) => {
      event.preventDefault();
      tell({ type: 'session-over', why: (event as CustomEvent<string>).detail });
    });
    addEventListener('beforeunload', (event) => {
      if (isCalling(phone)) event.preventDefault();
    });
    watchSleep(() => tell({ type: 'woke' }));
    tell({ type: 'start', online: navigator.onLine });
  }

  /** The page goes for good: the others are told, and what was said is kept. */
  function goodbye() {
    for (const call of liveCalls(phone)) {
      keep({ ...call, endedAt: Date.now(), outcome: null });
      sip.hangUp(call.id);
    }
    sip.unregister();
  }

  /** Ends this person's phone before he signs out. */
  async function signOut() {
    tell({ type: 'sign-out' });
    await Promise.all([closing, ...keeping]);
  }

  return {
    get phone() {
      return phone;
    },
    get isSoundBlocked() {
      return soundBlocked;
    },
    listen(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    tell,
    begin,
    signOut,
    connectionOf: sip.connectionOf,
    /** Goes on with the device that was just chosen. */
    async useDevice(kind: keyof Devices) {
      if (kind === 'speaker') return playThrough(chosenDevices().speaker);
      for (const { id } of liveCalls(phone)) {
        if (!sip.connectionOf(id)) continue;
        const opened = await microphone.open();
        if (opened.ok) sip.speakThrough(id, opened.stream);
      }
    },
    /** Asks the browser for the microphone now, so that no call has to wait for it. */
    async allowMicrophone() {
      const opened = await microphone.open();
      if (opened.ok) stop(opened.stream);
      tell({ type: 'microphone', is: opened.ok ? 'granted' : opened.is });
    },
  };
}

function isSameAccount(one: Account, other: Account | null) {
  return one.extension === other?.extension && one.domain === other.domain;
}

function originOf(address: string) {
  try {
    return new URL(address).host;
  } catch {
    return '';
  }
}

function stop(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}
