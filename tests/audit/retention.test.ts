import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import { appendEvents, type Head, macOf } from '@/lib/audit/chain';
import { continueCheck, findCheck, startCheck } from '@/lib/audit/check';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { purgeAudit } from '@/lib/audit/retention';
import { verifyAudit } from '@/lib/audit/verify';
import { days } from '@/lib/time';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('what is older than 400 days goes, the rest stays, and the chain still holds', async () => {
  const chain = await chainOf([900, 500, 401, 399, 10, 0]);
  const before = await verifyAudit(chain);
  expect(before).toMatchObject({ ok: true, events: 6 });
  await purgeAudit();
  expect((await eventsOf({ id: chain })).map(({ seq, event }) => [seq, event])).toEqual([
    [4, 'authn_unlock'],
    [5, 'authn_unlock'],
    [6, 'authn_unlock'],
    [7, 'audit_purge'],
  ]);
  expect((await eventsOf({ id: chain }, 'audit_purge'))[0]?.detail).toMatchObject({ through: 3, removed: 3 });
  expect(await verifyAudit(chain, before.ok ? [before.anchor] : [])).toMatchObject({ ok: true, events: 4 });
  await purgeAudit();
  expect(await eventsOf({ id: chain })).toHaveLength(4);
});

test('a chain whose events are all old keeps its end and continues from it', async () => {
  const chain = await chainOf([500, 450]);
  await purgeAudit();
  expect((await eventsOf({ id: chain })).map(({ seq }) => seq)).toEqual([3]);
  await add(chain, 0);
  expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 2 });
});

test('of many old events every one goes, some thousand at a time', async () => {
  const chain = await longChain(4500, 500);
  await purgeAudit();
  const left = await eventsOf({ id: chain });
  expect(left.map(({ event }) => event)).toEqual(['audit_purge', 'audit_purge', 'audit_purge']);
  expect(await verifyAudit(chain)).toMatchObject({ ok: true, events: 3 });
});

test('the service provider’s own chain is kept as long', async () => {
  await addTo(PROVIDER, [500, 1]);
  await purgeAudit();
  expect((await eventsOf({ id: PROVIDER })).map(({ event }) => event)).toEqual(['authn_unlock', 'audit_purge']);
  expect(await verifyAudit(PROVIDER)).toMatchObject({ ok: true });
});

test('a removed beginning is detected, however the chain’s base was moved', async () => {
  const chain = await chainOf([5, 4, 3, 2, 1]);
  await admin()`
    update audit_heads h set base_seq = 2, base_mac = e.mac from audit_events e
    where h.tenant_id = ${chain} and e.tenant_id = ${chain} and e.seq = 2`;
  await admin()`delete from audit_events where tenant_id = ${chain} and seq <= 2`;
  expect(await verifyAudit(chain)).toMatchObject({ ok: false, error: 'cut', seq: 2 });
});

test('a removal after a genuine purge is detected', async () => {
  const chain = await chainOf([500, 5, 4, 3]);
  await purgeAudit();
  expect(await verifyAudit(chain)).toMatchObject({ ok: true });
  await admin()`
    update audit_heads h set base_seq = 2, base_mac = e.mac from audit_events e
    where h.tenant_id = ${chain} and e.tenant_id = ${chain} and e.seq = 2`;
  await admin()`delete from audit_events where tenant_id = ${chain} and seq <= 2`;
  expect(await verifyAudit(chain)).toMatchObject({ ok: false, error: 'cut', seq: 2 });
});

test('the application’s role removes nothing younger, whatever it asks for', async () => {
  const chain = await chainOf([399, 1]);
  const app = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
  try {
    expect(await app`select * from purge_audit(${chain}, 1000000)`).toHaveLength(0);
    await app`select set_config('app.tenant', ${chain}, false)`;
    expect(await app`select 1 from audit_events`).toHaveLength(2);
    await expect(app`update audit_heads set base_seq = 1`).rejects.toMatchObject({ code: '42501' });
  } finally {
    await app.end();
  }
});

test('a check on demand shows its result; a longer one continues in jobs, and a newer one replaces it', async () => {
  const chain = await chainOf([3, 2, 1]);
  expect(await findCheck(chain)).toBeUndefined();
  await startCheck(chain, cause);
  expect(await findCheck(chain)).toMatchObject({ state: 'holds', fromSeq: 0, seq: 4 });
  const id = randomUUID();
  await admin()`update audit_checks set state = 'running', seq = 0, mac = decode(repeat('00', 32), 'hex'), id = ${id} where tenant_id = ${chain}`;
  await continueCheck({ tenantId: chain, id: randomUUID() });
  expect(await findCheck(chain)).toMatchObject({ state: 'running', seq: 0 });
  await continueCheck({ tenantId: chain, id });
  expect(await findCheck(chain)).toMatchObject({ state: 'holds', seq: 4 });
  await admin()`update audit_events set detail = '{"by":"x"}' where tenant_id = ${chain} and seq = 2`;
  await startCheck(chain, cause);
  expect(await findCheck(chain)).toMatchObject({ state: 'broken', bad: 1, badSeqs: [2], seq: 5 });
});

async function chainOf(daysAgo: number[]) {
  const chain = randomUUID();
  // The job goes through the tenants there are.
  await admin()`insert into tenants (id, slug, account_id, name) values (${chain}, ${`c${chain.slice(0, 8)}`}, ${`c${chain.slice(0, 8)}`}, 'Chain')`;
  await addTo(chain, daysAgo);
  return chain;
}

async function addTo(chain: string, daysAgo: number[]) {
  for (const ago of daysAgo) await add(chain, ago);
}

/** An event as if written so many days ago. */
async function add(chain: string, daysAgo: number) {
  await withTenant(chain, async (tx) => {
    if (daysAgo === 0) return record(tx, chain, cause, 'authn_unlock');
    const [end] = await admin()<
      Head[]
    >`select seq, encode(mac, 'base64') as mac from audit_heads where tenant_id = ${chain}`;
    const head = end ?? { seq: 0, mac: Buffer.alloc(32).toString('base64') };
    if (!end)
      await admin()`insert into audit_heads (tenant_id, seq, mac) values (${chain}, 0, decode(repeat('00', 32), 'hex'))`;
    appendEvents(tx, chain, { ...head, at: Date.now() - days(daysAgo) }, [{ cause, event: 'authn_unlock' }]);
  });
}

/** Many events at once, each sealed to the one before it as `record` does. */
async function longChain(count: number, daysAgo: number) {
  const chain = await chainOf([]);
  const at = Date.now() - days(daysAgo);
  let previous: Buffer = Buffer.alloc(32);
  const rows = Array.from({ length: count }, (_, index) => {
    const entry = {
      tenantId: chain,
      seq: index + 1,
      at: at + index,
      event: 'authn_unlock',
      actorId: null,
      subjectId: null,
      address: 'x',
      requestId: 'x',
      detail: {},
    };
    const mac = macOf(entry, previous, 'k1');
    const row = { seq: entry.seq, at: entry.at, previous: previous.toString('base64'), mac: mac.toString('base64') };
    previous = mac;
    return row;
  });
  await admin()`insert into audit_heads (tenant_id, seq, mac) values (${chain}, 0, decode(repeat('00', 32), 'hex'))`;
  await admin().begin(async (sql) => {
    await sql`select set_config('app.tenant', ${chain}, true)`;
    await sql`
      insert into audit_events (tenant_id, seq, at, event, address, request_id, detail, key_id, previous_mac, mac)
      select ${chain}, seq, to_timestamp(at / 1000.0), 'authn_unlock', 'x', 'x', '{}', 'k1', decode(previous, 'base64'), decode(mac, 'base64')
      from json_to_recordset(${sql.json(rows)}::json) as r(seq bigint, at bigint, previous text, mac text) order by seq`;
  });
  return chain;
}
