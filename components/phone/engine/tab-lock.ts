import type { Dispatch, TabLock } from './ports';

const NAME = 'gatehouse-phone';
/** A tab that does not answer within this time is frozen, and its lock is stolen. */
const ANSWER_MS = 1500;
/** How long the other waiting tabs let the requesting tab go first. */
const QUEUE_AGAIN_MS = 1000;

type Message = { say: 'who' | 'take-over' | 'busy' | 'free' | 'signed-out'; from: string };

/**
 * Makes one tab of this browser the phone (Web Locks). The others wait, and know whether it is in a
 * call.
 */
export function tabLock(dispatch: Dispatch, isCalling: () => boolean): TabLock {
  const tabId = crypto.randomUUID();
  const channel = new BroadcastChannel(NAME);
  let release: (() => void) | undefined;
  let queue: AbortController | undefined;
  let onAnswer: (() => void) | undefined;

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    const { say } = data;
    if (say === 'signed-out') return dispatch({ type: 'session-ended', why: 'signed-out' });
    if (release) {
      if (say === 'who') announceBusy();
      if (say === 'take-over') dispatch({ type: 'take-over-requested' });
      return;
    }
    if (say === 'busy' || say === 'free') {
      onAnswer?.();
      dispatch({ type: 'lock-elsewhere', busy: say === 'busy' });
    }
    if (say === 'take-over') {
      // Let the requesting tab acquire the lock first.
      queue?.abort();
      setTimeout(wait, QUEUE_AGAIN_MS);
    }
  };

  function wait() {
    if (release) return;
    queue?.abort();
    const signal = newQueue();
    void isHeldElsewhere().then((isHeld) => {
      if (isHeld && !release && !signal.aborted) {
        dispatch({ type: 'lock-elsewhere', busy: false });
        post('who');
      }
    });
    request({ signal });
  }

  function request(options: LockOptions) {
    navigator.locks.request(NAME, options, hold).catch((error: unknown) => {
      // AbortError: the lock was stolen, or the request was cancelled.
      if (!(error instanceof DOMException) || error.name !== 'AbortError' || !release) return;
      release = undefined;
      dispatch({ type: 'lock-lost' });
    });
  }

  function hold() {
    return new Promise<void>((resolve) => {
      release = resolve;
      queue = undefined;
      onAnswer?.();
      dispatch({ type: 'lock-held' });
    });
  }

  function takeOver() {
    queue?.abort();
    post('take-over');
    request({ signal: newQueue() });
    const timer = setTimeout(() => {
      queue?.abort();
      request({ steal: true });
    }, ANSWER_MS);
    onAnswer = () => {
      clearTimeout(timer);
      onAnswer = undefined;
    };
  }

  function newQueue() {
    queue = new AbortController();
    return queue.signal;
  }

  function announceBusy() {
    if (release) post(isCalling() ? 'busy' : 'free');
  }

  function post(say: Message['say']) {
    channel.postMessage({ say, from: tabId } satisfies Message);
  }

  return {
    wait,
    takeOver,
    announceBusy,
    release: () => {
      release?.();
      release = undefined;
    },
  };
}

async function isHeldElsewhere() {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === NAME);
}

/** Tells the other tabs of this browser that the user signs out. */
export function announceSignedOut() {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage({ say: 'signed-out', from: '' } satisfies Message);
  channel.close();
}
