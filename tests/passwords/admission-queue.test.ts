import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { admitToHashing } from '@/lib/passwords/admission-queue';
import { GROUP, hashedAtOnce } from '@/lib/passwords/hashing-pool';
import { Unavailable } from '@/lib/result';

/** The line before the hashing: who waits there has not been asked about yet. */

const FEW = hashedAtOnce();
const MOST = FEW + GROUP;
let open: { resolve(value: string): void; reject(error: Error): void }[] = [];

beforeEach(() => {
  open = [];
});

afterEach(async () => {
  // Whatever a test has left in line goes on and out.
  while (open.length > 0) {
    for (const one of open.splice(0)) one.resolve('over');
    await settled();
  }
  vi.useRealTimers();
});

test('the first are admitted at once; the others wait and are admitted in batches', async () => {
  const outcomes = many(MOST + GROUP);
  await settled();
  expect(open).toHaveLength(FEW + 1);

  open.splice(0, 1)[0]?.resolve('mine');
  expect(await outcomes[0]).toBe('mine');
  await settled();
  expect(open, 'a whole group has begun').toHaveLength(MOST);

  for (const one of open.splice(0, GROUP - 1)) one.resolve('done');
  await settled();
  expect(open, 'one more than few: nobody else has').toHaveLength(FEW + 1);

  open.splice(0, 1)[0]?.resolve('done');
  await settled();
  expect(open, 'the next group has').toHaveLength(FEW + GROUP - 1);
});

test('a failure frees its place and affects no other request', async () => {
  const outcomes = many(FEW + 2);
  await settled();
  open.splice(0, 1)[0]?.reject(new Error('his own'));
  await expect(outcomes[0]).rejects.toThrow('his own');
  await settled();
  expect(open).toHaveLength(FEW + 1);
});

test('a database that hangs is waited for once: those in line hear at once', async () => {
  const outcomes = many(FEW + 20);
  await settled();
  open.splice(0, 1)[0]?.reject(new Unavailable('database', 'deadline'));
  const told = await Promise.allSettled([outcomes[0], ...outcomes.slice(FEW + 1)]);
  expect(new Set(told.map((one) => one.status === 'rejected' && one.reason.service))).toEqual(new Set(['database']));
});

test.each(['55P03', '57P01'])('an immediate failure (%s) affects only its own request', async (code) => {
  const outcomes = many(FEW + 2);
  await settled();
  open.splice(0, 1)[0]?.reject(new Unavailable('database', code));
  await expect(outcomes[0]).rejects.toThrow(Unavailable);
  await settled();
  expect(open).toHaveLength(FEW + 1);
});

test('256 wait; one more is refused at once, and a wait ends after five seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const outcomes = many(FEW + 1 + 256);
  const waiting = Promise.allSettled(outcomes.slice(FEW + 1));
  await expect(admitToHashing(async () => 'too many')).rejects.toMatchObject({ service: 'hashing', code: 'busy' });
  vi.advanceTimersByTime(5000);
  const told = await waiting;
  expect(new Set(told.map((one) => one.status === 'rejected' && one.reason.code))).toEqual(new Set(['deadline']));
  for (const one of open.splice(0)) one.resolve('late but in');
  expect(await outcomes[0]).toBe('late but in');
  expect(await admitToHashing(async () => 'again')).toBe('again');
});

/** So many who want to go on; those who may stand in `open`. */
function many(count: number) {
  const outcomes = Array.from({ length: count }, () =>
    admitToHashing(() => new Promise<string>((resolve, reject) => open.push({ resolve, reject }))),
  );
  for (const one of outcomes) one.catch(() => undefined);
  return outcomes;
}

async function settled() {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
