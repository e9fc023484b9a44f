import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { beforeCommit, withTenant } from '@/db';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { verifyAudit } from '@/lib/audit/verify';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

describe('an event is sealed as the database reads it back', () => {
  const details: [string, AuditDetail][] = [
    ['large and small numbers', { a: 1e21, b: 1e-7, c: -0, d: 0.1 + 0.2, e: 2 ** 53, f: 5e-324, g: 1.7e308 }],
    ['numbers that JSON lacks', { a: Number.NaN, b: Number.POSITIVE_INFINITY }],
    ['nothing', { a: undefined as unknown as null, b: null }],
    ['keys in another order', { zeta: 1, Alpha: 2, '10': 3, '9': 4, é: 5 }],
    ['decomposed letters', { a: 'e\u0301', b: '\u212b' }],
    ['half a pair', { a: 'x\ud83d', b: '\udc00y' }],
    ['a pair at the limit', { a: `${'x'.repeat(199)}\u{1f600}` }],
    ['control characters', { a: 'a\u0000b\u001b[31m\u2028', 'k\u0000': 1 }],
    ['an id in capitals', { a: '0A0B0C0D-0000-4000-8000-00000000000F' }],
  ];

  test.each(details)('%s', async (_, detail) => {
    const chain = randomUUID();
    await add(chain, detail);
    await add(chain, {});
    expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 2 });
  });

  test('actor, subject and tenant in capitals', async () => {
    const [chain, actor, subject] = [randomUUID(), randomUUID(), randomUUID()];
    await withTenant(chain, async (tx) =>
      record(tx, chain.toUpperCase(), { ...cause, actorId: actor.toUpperCase() }, 'session_end', {
        subjectId: subject.toUpperCase(),
        detail: { connection: subject.toUpperCase() },
      }),
    );
    expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 1 });
    expect(await eventsOf({ id: chain })).toMatchObject([
      { actor_id: actor, subject_id: subject, detail: { connection: subject } },
    ]);
  });

  test('an address and a request id that hold no text', async () => {
    const chain = randomUUID();
    const odd = { ...cause, address: '\ud800\u0000', requestId: 'x'.repeat(500) };
    await withTenant(chain, async (tx) => record(tx, chain, odd, 'session_end'));
    expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 1 });
  });
});

describe('a check continues after an invalid event', () => {
  test('and counts and names every one of them', async () => {
    const chain = await chainOf(8);
    await admin()`update audit_events set detail = '{"by":"x"}' where tenant_id = ${chain} and seq in (2, 6)`;
    await admin()`delete from audit_events where tenant_id = ${chain} and seq = 4`;
    expect(await verifyAudit(chain)).toMatchObject({
      ok: false,
      error: 'broken',
      bad: 3,
      badSeqs: [2, 4, 6],
      cutAt: null,
    });
  });

  test('and still finds a tail that was cut off', async () => {
    const chain = await chainOf(6);
    await admin()`update audit_events set address = 'x' where tenant_id = ${chain} and seq = 1`;
    await admin()`delete from audit_events where tenant_id = ${chain} and seq > 4`;
    expect(await verifyAudit(chain)).toMatchObject({ bad: 1, badSeqs: [1], cutAt: 5 });
  });

  test('also where its key is unknown or its detail is no object', async () => {
    const chain = await chainOf(4);
    await admin()`update audit_events set key_id = 'nowhere' where tenant_id = ${chain} and seq = 1`;
    await admin()`update audit_events set detail = 'null' where tenant_id = ${chain} and seq = 3`;
    expect(await verifyAudit(chain)).toMatchObject({ bad: 2, badSeqs: [1, 3] });
  });

  test('and lists the first twenty of many', async () => {
    const chain = await chainOf(30);
    await admin()`update audit_events set address = 'x' where tenant_id = ${chain}`;
    const verdict = await verifyAudit(chain);
    expect(verdict).toMatchObject({ bad: 30, cutAt: null });
    expect(!verdict.ok && verdict.badSeqs).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

test('a tail cut off with its end shows against what this server has written', async () => {
  const chain = await chainOf(6);
  await admin()`delete from audit_events where tenant_id = ${chain} and seq > 4`;
  await admin()`
    update audit_heads h set seq = 4, mac = (select mac from audit_events e where e.tenant_id = h.tenant_id and e.seq = 4)
    where tenant_id = ${chain}`;
  expect(await verifyAudit(chain)).toMatchObject({ ok: false, error: 'cut', seq: 5 });
  await add(chain, {});
  await add(chain, {});
  await add(chain, {});
  expect(await verifyAudit(chain), 'from where on it was written again').toMatchObject({
    ok: false,
    error: 'cut',
    cutAt: 5,
  });
});

test('the end of a chain counts as proof only once its transaction is committed', async () => {
  const chain = await chainOf(2);
  const undone = withTenant(chain, async (tx) => {
    record(tx, chain, cause, 'session_end');
    // Runs after the event was added to the chain.
    beforeCommit(tx, () => Promise.reject(new Error('undone')));
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 2, proved: 2 });
});

async function chainOf(length: number) {
  const chain = randomUUID();
  for (let index = 0; index < length; index++) await add(chain, {});
  return chain;
}

async function add(chain: string, detail: AuditDetail) {
  await withTenant(chain, async (tx) => record(tx, chain, cause, 'session_end', { detail }));
}
