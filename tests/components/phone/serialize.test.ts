import { afterEach, expect, test, vi } from 'vitest';
import { notifier } from '@/components/phone/engine/notify';
import { serialize } from '@/components/phone/engine/serialize';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('events that arrive during an event are handled in order, and one that fails delays none after it', () => {
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  const seen: string[] = [];
  const dispatch = serialize((word: string) => {
    if (word === 'first') dispatch('third');
    if (word === 'second') throw new Error('no');
    seen.push(word);
  });
  for (const word of ['first', 'second', 'fourth']) dispatch(word);
  expect(seen).toEqual(['first', 'third', 'fourth']);
  expect(reported).toHaveBeenCalledOnce();
});

test('a browser that allows notifications and then refuses to show one rings all the same', () => {
  class Refused {
    static permission = 'granted';
    constructor() {
      throw new TypeError('Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.');
    }
  }
  vi.stubGlobal('window', { Notification: Refused });
  vi.stubGlobal('Notification', Refused);
  vi.stubGlobal('document', { visibilityState: 'hidden' });
  const { show } = notifier();
  const rings = [{ id: '1', title: 'Incoming call', text: 'Milo Tanaka' }];
  expect(() => show(rings)).not.toThrow();
  expect(() => show([])).not.toThrow();
});
