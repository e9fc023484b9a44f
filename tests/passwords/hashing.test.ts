import { readdirSync, readFileSync } from 'node:fs';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { closeHashing, hashPassword, verifyPassword } from '@/lib/passwords/hashing';
import { GROUP, hashedAtOnce } from '@/lib/passwords/hashing-pool';
import { Unavailable } from '@/lib/result';
import { median } from '@/tests/support/median';

type Child = {
  pid: number;
  kill(signal: string): boolean;
  on(name: 'message', hear: (answers: object[]) => void): void;
};
type Pool = { worker?: { child: Child } };
const child = () => (globalThis as { [key: symbol]: Pool })[Symbol.for('gatehouse.hashing')]?.worker?.child;

beforeEach(closeHashing);
afterAll(closeHashing);

describe('a hash', () => {
  it('is argon2id with the parameters of the standard, another one each time', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(one, 'correct horse')).toEqual({ ok: true, outdated: false });
    expect(await verifyPassword(one, 'correct horsf')).toEqual({ ok: false, outdated: false });
  });

  it('of other parameters is accepted and called outdated', async () => {
    const old = await hash('correct horse', { memoryCost: 8192, timeCost: 3, parallelism: 1 });
    expect(await verifyPassword(old, 'correct horse')).toEqual({ ok: true, outdated: true });
  });

  it.each([
    ['empty', ''],
    ['of another kind', '$2b$10$abcdefghijklmnopqrstuv'],
    ['cut off', '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA'],
    ['asking for terabytes', '$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$3q2+7w3q2+7w3q2+7w'],
  ])('that is %s is corrupt, not an error', async (_name, stored) => {
    expect(await verifyPassword(stored, 'correct horse')).toEqual({ ok: false, outdated: false, corrupt: true });
    expect(child()).toBeDefined();
  });

  it('that does not exist costs as much as one that does', async () => {
    const stored = await hashPassword('correct horse');
    await verifyPassword(null, 'warm');
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 15; round++) {
      known.push(await timed(() => verifyPassword(stored, 'wrong')));
      unknown.push(await timed(() => verifyPassword(null, 'wrong')));
    }
    expect(await verifyPassword(null, 'wrong')).toEqual({ ok: false, outdated: false });
    expect(median(unknown)).toBeGreaterThan(median(known) / 2);
  });
});

describe('a password', () => {
  it('is the same in NFC and NFD', async () => {
    const stored = await hashPassword('Zo\u00eb caf\u00e9 noir');
    expect((await verifyPassword(stored, 'Zoe\u0308 cafe\u0301 noir')).ok).toBe(true);
  });

  it('is not cut at a NUL, and its spaces and emoji count', async () => {
    const stored = await hashPassword(' be\u0000fore 🔑 ');
    expect((await verifyPassword(stored, ' be\u0000fore 🔑 ')).ok).toBe(true);
    for (const other of [' be', ' be\u0000after 🔑 ', 'be\u0000fore 🔑', ' be\u0000fore 🔒 ']) {
      expect((await verifyPassword(stored, other)).ok).toBe(false);
    }
  });

  it('of 128 code points counts to the last one; longer ones are refused before hashing', async () => {
    const longest = '🔑'.repeat(127);
    const stored = await hashPassword(`${longest}a`);
    expect((await verifyPassword(stored, `${longest}a`)).ok).toBe(true);
    expect((await verifyPassword(stored, `${longest}b`)).ok).toBe(false);
    await closeHashing();
    expect(await verifyPassword(stored, `${longest}ab`)).toEqual({ ok: false, outdated: false });
    expect(await verifyPassword(stored, 'x'.repeat(1_000_000))).toEqual({ ok: false, outdated: false });
    await expect(hashPassword(`${longest}ab`)).rejects.toThrow(RangeError);
    expect(child()).toBeUndefined();
  });
});

describe('the hashing process', () => {
  it('is one for all, and refuses at once what is too much', async () => {
    const many = await Promise.allSettled(Array.from({ length: 400 }, () => verifyPassword(null, 'wrong')));
    const failed = many.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(failed.every((reason) => reason instanceof Unavailable && /^(busy|deadline)$/.test(reason.code ?? ''))).toBe(
      true,
    );
    // What waits may run into its deadline where others have the cores; what is too much is told so
    // at once.
    const refused = failed.filter((reason) => reason.code === 'busy');
    expect(refused.length).toBeGreaterThan(100);
    expect(many.length - refused.length).toBeGreaterThanOrEqual(256);
    expect(await verifyPassword(null, 'wrong')).toEqual({ ok: false, outdated: false });
  });

  it('answers in groups while there is more to do, and leaves nobody waiting for the next', async () => {
    const stored = await hashPassword('correct horse');
    const sizes: number[] = [];
    child()?.on('message', (answers) => sizes.push(answers.length));
    const many = Array.from({ length: 30 }, () => verifyPassword(stored, 'correct horse'));
    expect(await Promise.all(many)).toEqual(Array(30).fill({ ok: true, outdated: false }));
    expect(sizes.reduce((all, one) => all + one, 0)).toBe(30);
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(GROUP);
    // With few left there is nothing to wait for.
    expect(sizes.slice(-hashedAtOnce())).toEqual(Array(hashedAtOnce()).fill(1));
  });

  it('hashes at low priority in every thread, so that pages go first', async () => {
    await hashPassword('correct horse');
    const threads = `/proc/${child()?.pid}/task`;
    const priorities = readdirSync(threads).map((thread) =>
      Number(readFileSync(`${threads}/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')[16]),
    );
    expect(new Set(priorities)).toEqual(new Set([10]));
  });

  it('that crashes fails what it was working on, and the next call starts another', async () => {
    const stored = await hashPassword('correct horse');
    const first = child();
    const open = Array.from({ length: 8 }, () => verifyPassword(stored, 'correct horse'));
    first?.kill('SIGKILL');
    const outcomes = await Promise.allSettled(open);
    const lost = outcomes.filter((one) => one.status === 'rejected');
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.every((one) => one.reason instanceof Unavailable)).toBe(true);
    expect(await verifyPassword(stored, 'correct horse')).toEqual({ ok: true, outdated: false });
    expect(child()?.pid).not.toBe(first?.pid);
  });

  it('that hangs is given up after 5 s and replaced', { timeout: 15_000 }, async () => {
    const stored = await hashPassword('correct horse');
    child()?.kill('SIGSTOP');
    const refused = expect(verifyPassword(stored, 'correct horse')).rejects.toMatchObject({
      service: 'hashing',
      code: 'deadline',
    });
    // The request is sent after its deadline has started: later still while this process is busy.
    const busyUntil = performance.now() + 100;
    while (performance.now() < busyUntil);
    await refused;
    expect((await verifyPassword(stored, 'correct horse')).ok).toBe(true);
  });
});

async function timed(work: () => Promise<unknown>) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
