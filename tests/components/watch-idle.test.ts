import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchIdle } from '@/components/shell/watch-idle';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const IDLE = 4 * HOUR;

let page: EventTarget & { visibilityState: string };
let asked: string[];
let answer: () => Response;
let left: number;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const view = new EventTarget();
  asked = [];
  left = 0;
  answer = () => Response.json({ live: true, msLeft: IDLE });
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', view.addEventListener.bind(view));
  vi.stubGlobal('removeEventListener', view.removeEventListener.bind(view));
  vi.stubGlobal('dispatchEvent', view.dispatchEvent.bind(view));
  vi.stubGlobal('fetch', async (_url: string, { method }: RequestInit) => {
    asked.push(String(method));
    return answer();
  });
  stop = watchIdle({ idleMs: IDLE, checkUrl: '/api/session', leave: () => left++ });
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('an untouched page asks nothing until the idle time may be over, then leaves when the server says so', async () => {
  answer = () => Response.json({ live: false, msLeft: 0 });
  await vi.advanceTimersByTimeAsync(IDLE - 1000);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect([asked, left]).toEqual([['GET'], 1]);
});

test('stays when another tab has kept the session alive', async () => {
  answer = () => Response.json({ live: true, msLeft: HOUR });
  await vi.advanceTimersByTimeAsync(IDLE);
  expect([asked, left]).toEqual([['GET'], 0]);
  answer = () => new Response(null, { status: 401 });
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(left).toBe(1);
});

test('steady scrolling is reported once a minute and the last of it is not lost', async () => {
  for (let second = 0; second < 150; second++) {
    dispatchEvent(new Event('scroll'));
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(asked).toEqual(['POST', 'POST']);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(asked).toEqual(['POST', 'POST', 'POST']);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(asked).toHaveLength(3);
});

test('a user who returns too late does not count as active', async () => {
  page.visibilityState = 'hidden';
  answer = () => Response.json({ live: false, msLeft: 0 });
  vi.setSystemTime(Date.now() + IDLE + HOUR);
  dispatchEvent(new Event('pointerdown'));
  await vi.advanceTimersByTimeAsync(0);
  expect([asked, left]).toEqual([['GET'], 1]);
});

test('showing the tab again asks at once', async () => {
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['GET']);
});

test.each([
  ['a server in trouble', () => new Response(null, { status: 503 })],
  [
    'no network',
    () => {
      throw new TypeError('network');
    },
  ],
])('%s is never a sign-out', async (_name, trouble) => {
  answer = trouble;
  await vi.advanceTimersByTimeAsync(IDLE + HOUR);
  expect(left).toBe(0);
  expect(asked.length).toBeGreaterThan(100);
});
