import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { beforeCommit, withoutTenant, withTenant } from '@/db';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { verifyAudit } from '@/lib/audit/verify';
import { eventsOf } from '@/tests/support/audit';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('a transaction that has recorded an event holds up no other transaction of its tenant', async () => {
  const chain = randomUUID();
  await withTenant(chain, async (tx) => {
    record(tx, chain, cause, 'session_end', { detail: { by: 'first' } });
    // Finishes while the first transaction is open.
    await withTenant(chain, async (other) => record(other, chain, cause, 'session_end', { detail: { by: 'second' } }));
    expect(await eventsOf({ id: chain })).toMatchObject([{ detail: { by: 'second' } }]);
  });
  expect((await eventsOf({ id: chain })).map(({ detail }) => detail)).toEqual([{ by: 'second' }, { by: 'first' }]);
  expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 2 });
});

test('a transaction that is rolled back adds no event', async () => {
  const chain = randomUUID();
  const change = withTenant(chain, async (tx) => {
    record(tx, chain, cause, 'session_end');
    throw new Error('no');
  });
  await expect(change).rejects.toThrow('no');
  expect(await eventsOf({ id: chain })).toEqual([]);
});

test('the events of one transaction keep their order, with the tenant before the provider', async () => {
  const chain = randomUUID();
  const requestId = randomUUID();
  const own = { ...cause, requestId };
  await withTenant(chain, async (tx) => {
    record(tx, PROVIDER, own, 'tenant_update', { subjectId: chain, detail: { at: 1 } });
    for (const at of [1, 2, 3]) record(tx, chain, own, 'session_end', { detail: { at } });
    record(tx, PROVIDER, own, 'tenant_update', { subjectId: chain, detail: { at: 2 } });
  });
  expect((await eventsOf({ id: chain })).map(({ detail }) => detail.at)).toEqual([1, 2, 3]);
  const provider = (await eventsOf({ id: PROVIDER })).filter(({ subject_id }) => subject_id === chain);
  expect(provider.map(({ detail }) => detail.at)).toEqual([1, 2]);
  expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 3 });
});

test('transactions of one tenant that commit at the same moment each add their events once', async () => {
  const chain = randomUUID();
  const change = (by: number) =>
    withTenant(chain, async (tx) => {
      for (const at of [1, 2]) record(tx, chain, cause, 'session_end', { detail: { by, at } });
    });
  await Promise.all(Array.from({ length: 12 }, (_, by) => change(by)));
  expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 24 });
  const keys = (await eventsOf({ id: chain })).map(({ detail }) => `${detail.by}.${detail.at}`);
  expect(new Set(keys).size).toBe(24);
});

test('an event that comes after the others were written is refused', async () => {
  const chain = randomUUID();
  const late = withTenant(chain, async (tx) => {
    record(tx, chain, cause, 'session_end');
    beforeCommit(tx, async () => record(tx, chain, cause, 'session_end'));
  });
  await expect(late).rejects.toThrow('the transaction has written its events');
  expect(await eventsOf({ id: chain })).toEqual([]);
});

test('an event is refused outside the transactions that would add it', async () => {
  const open = withoutTenant((db) => db.transaction(async (tx) => record(tx, randomUUID(), cause, 'session_end')));
  await expect(open).rejects.toThrow('not a transaction of withTenant');
});
