import type { TabLock, Tell } from '@/components/phone/machine/ports';

const NAME = 'gatehouse-phone';
/** A tab that does not answer for so long is frozen, and loses the phone. */
const ANSWER_MS = 1500;
/** Who had not asked waits this long again behind the one who has. */
const QUEUE_AGAIN_MS = 1000;

type Message = { say: 'who' | 'take-over' | 'busy' | 'free' | 'signed-out'; from: string };

/** One tab of this browser is the phone (Web Locks); the others wait, and know whether somebody is on the line there. */
export function tabLock(tell: Tell, isCalling: () => boolean): TabLock {
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel(NAME);
  let release: (() => void) | undefined;
  let queue: AbortController | undefined;
  let answered: (() => void) | undefined;

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    const { say } = data;
    if (say === 'signed-out') return tell({ type: 'session-over', why: 'signed-out' });
    if (release) {
      if (say === 'who') sayBusy();
      if (say === 'take-over') tell({ type: 'take-over-asked' });
      return;
    }
    if (say === 'busy' || say === 'free') {
      answered?.();
      tell({ type: 'lock-elsewhere', busy: say === 'busy' });
    }
    if (say === 'take-over') {
      // Let the one who asked come first.
      queue?.abort();
      setTimeout(wait, QUEUE_AGAIN_MS);
    }
  };

  function wait() {
    if (release) return;
    queue?.abort();
    queue = new AbortController();
    const { signal } = queue;
    void isTaken().then((taken) => {
      if (taken && !release && !signal.aborted) {
        tell({ type: 'lock-elsewhere', busy: false });
        post('who');
      }
    });
    request({ signal });
  }

  function request(options: LockOptions) {
    navigator.locks.request(NAME, options, hold).catch((error: unknown) => {
      // Stolen, or no longer waited for.
      if (!(error instanceof DOMException) || error.name !== 'AbortError' || !release) return;
      release = undefined;
      tell({ type: 'lock-lost' });
    });
  }

  function hold() {
    return new Promise<void>((resolve) => {
      release = resolve;
      queue = undefined;
      answered?.();
      tell({ type: 'lock-held' });
    });
  }

  function takeOver() {
    queue?.abort();
    post('take-over');
    request({ signal: fresh() });
    const timer = setTimeout(() => {
      queue?.abort();
      request({ steal: true });
    }, ANSWER_MS);
    answered = () => {
      clearTimeout(timer);
      answered = undefined;
    };
  }

  function fresh() {
    queue = new AbortController();
    return queue.signal;
  }

  function sayBusy() {
    if (release) post(isCalling() ? 'busy' : 'free');
  }

  function post(say: Message['say']) {
    channel.postMessage({ say, from: me } satisfies Message);
  }

  return {
    wait,
    takeOver,
    sayBusy,
    release: () => {
      release?.();
      release = undefined;
    },
  };
}

async function isTaken() {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === NAME);
}

/** Tells the other tabs of this browser that the person signs out here. */
export function saySignedOut() {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage({ say: 'signed-out', from: '' } satisfies Message);
  channel.close();
}
