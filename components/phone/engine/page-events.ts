import { isCalling, liveCalls } from '@/components/phone/machine/state';
import type { callLog } from './call-log';
import type { Sip } from './ports';
import type { Store } from './store';
import { onWake } from './wake';

type Page = { store: Store; sip: Sip; log: ReturnType<typeof callLog>; allowSound: () => void };

/**
 * Reports the events of the page and of the computer to the phone, for as long as the document
 * lives.
 */
export function listenToPage({ store, sip, log, allowSound }: Page) {
  const { dispatch } = store;
  addEventListener('online', () => dispatch({ type: 'online' }));
  addEventListener('offline', () => dispatch({ type: 'offline' }));
  for (const kind of ['pointerdown', 'keydown'] as const) addEventListener(kind, allowSound, { passive: true });
  addEventListener('pagehide', () => endAllCalls(store, sip, log));
  addEventListener('gatehouse:leave', (event) => {
    event.preventDefault();
    dispatch({ type: 'session-ended', why: (event as CustomEvent<string>).detail });
  });
  addEventListener('beforeunload', (event) => {
    if (isCalling(store.phone)) event.preventDefault();
  });
  onWake(() => dispatch({ type: 'wake' }));
}

/** The page is closing: nothing that is dispatched now would still be handled. */
function endAllCalls(store: Store, sip: Sip, log: ReturnType<typeof callLog>) {
  for (const call of liveCalls(store.phone)) {
    log.store({ ...call, endedAt: Date.now(), outcome: null });
    sip.hangUp(call.id);
  }
  sip.unregister();
}
