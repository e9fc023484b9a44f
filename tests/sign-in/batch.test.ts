import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { statement, withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { verifyAudit } from '@/lib/audit/verify';
import { randomToken } from '@/lib/crypto';
import { LIMITS } from '@/lib/rate-limit/limits';
import { budgetOf, takeTry } from '@/lib/rate-limit/lockout';
import { completeInBatch } from '@/lib/sign-in/batch';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

/** People whose passwords were right at the same time. */

type Tenant = Awaited<ReturnType<typeof newTenant>>;
let tenant: Tenant;

beforeAll(async () => {
  tenant = await newTenant();
});

test('sign-ins of one batch share a commit, each with its own session', async () => {
  const people = await users(5);
  const done = await Promise.all(people.map((one) => come(tenant, one)));
  expect(done.map((one) => one?.returnTo)).toEqual(people.map(({ id }) => `/home?of=${id}`));
  expect(new Set(done.map((one) => one?.session.token)).size).toBe(5);
  const sessions = await admin()`
    select user_id, address, xmin::text as transaction from sessions where tenant_id = ${tenant.id} and user_id in ${admin()(ids(people))}`;
  expect(new Set(sessions.map((one) => one.transaction)).size).toBe(1);
  expect(Object.fromEntries(sessions.map((one) => [one.user_id, one.address]))).toEqual(
    Object.fromEntries(people.map(({ id, address }) => [id, address])),
  );
  const events = await admin()`
    select actor_id, subject_id, address, request_id from audit_events
    where tenant_id = ${tenant.id} and event = 'authn_login_success' and subject_id in ${admin()(ids(people))}`;
  expect(events.map((one) => [one.actor_id, one.subject_id, one.address, one.request_id]).sort()).toEqual(
    people.map(({ id, address }) => [id, id, address, `request of ${id}`]).sort(),
  );
  expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true });
});

test('a batch gives back every try, of users and of addresses', async () => {
  const people = await users(3);
  for (const { id } of people) await takeTry(tenant.id, 'password', budgetOf(id), id);
  const counter = { key: `sign-in:${randomUUID()}`, window: 900, most: LIMITS['sign-in'].most };
  await admin()`
    insert into volume_limits (key, "window", count) values (${counter.key}, floor(extract(epoch from now()) / 900) * 900, 7)`;
  await Promise.all(people.map((one) => come(tenant, one, { counter })));
  expect(await admin()`select count from volume_limits where key = ${counter.key}`).toMatchObject([{ count: 4 }]);
  expect(await budgets(people)).toBe(0);
});

test('a batch gives nothing back for tries that Redis counted', async () => {
  const [byRedis, here] = await users(2);
  if (!byRedis || !here) throw new Error('nobody there');
  const counter = { key: `sign-in:${randomUUID()}`, window: 900, most: LIMITS['sign-in'].most };
  await admin()`
    insert into volume_limits (key, "window", count) values (${counter.key}, floor(extract(epoch from now()) / 900) * 900, 7)`;
  await Promise.all([come(tenant, byRedis), come(tenant, here, { counter })]);
  expect(await admin()`select count from volume_limits where key = ${counter.key}`).toMatchObject([{ count: 6 }]);
  const sessions = await admin()`
    select xmin::text as transaction from sessions where user_id in ${admin()(ids([byRedis, here]))}`;
  expect(sessions).toHaveLength(2);
  expect(new Set(sessions.map((one) => one.transaction)).size).toBe(1);
});

test('a changed password or a disabled user fails alone in a batch and keeps the try', async () => {
  const [first, changed, disabled, last] = await users(4);
  if (!first || !changed || !disabled || !last) throw new Error('nobody there');
  for (const { id } of [changed, disabled]) await takeTry(tenant.id, 'password', budgetOf(id), id);
  await admin()`update passwords set changed_at = now() where user_id = ${changed.id}`;
  await admin()`update users set status = 'disabled' where id = ${disabled.id}`;
  const done = await Promise.all([first, changed, disabled, last].map((one) => come(tenant, one)));
  expect(done.map((one) => one !== undefined)).toEqual([true, false, false, true]);
  expect(await budgets([changed, disabled]), 'a try is given back to nobody who stays outside').toBe(2);
  const inside = await admin()`
    select user_id from sessions where user_id in ${admin()([first.id, changed.id, disabled.id, last.id])}`;
  expect(inside.map((one) => one.user_id).sort()).toEqual([first.id, last.id].sort());
  expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true });
});

test('two sign-ins of one user from one browser open two sessions and report one new device', async () => {
  const [one] = await users(1);
  if (!one) throw new Error('nobody there');
  await come(tenant, one);
  const device = randomToken();
  const done = await Promise.all([come(tenant, one, { device }), come(tenant, one, { device })]);
  expect(done.map((each) => each?.device)).toEqual([device, device]);
  expect(await admin()`select from sessions where user_id = ${one.id}`).toHaveLength(3);
  expect((await mailsTo(one.id)).filter((kind) => kind === 'new-device')).toHaveLength(1);
});

test('a locked row of one user fails only that user in a batch', async () => {
  const people = await users(3);
  const [held, ...others] = people;
  if (!held) throw new Error('nobody there');
  const done = await admin().begin(async (holder) => {
    await holder`select from users where id = ${held.id} for update`;
    return Promise.allSettled([held, ...others].map((one) => come(tenant, one)));
  });
  expect(done.map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(await admin()`select from sessions where user_id in ${admin()(ids(people))}`).toHaveLength(2);
});

test('batches, single sign-ins and bulk changes never deadlock', async () => {
  const people = await users(6);
  const [boss] = people;
  await admin()`update users set role = 'administrator' where id = ${boss?.id ?? null}`;
  const counters = [randomUUID(), randomUUID()].map((key) => ({ key, window: 900, most: 100_000 }));
  const slowest: number[] = [];
  for (let round = 0; round < 10; round++) {
    const started = performance.now();
    const forwards = people.map((one, at) => come(tenant, one, { counter: counters[at % 2] }));
    await new Promise((resolve) => setImmediate(resolve));
    const backwards = [...people].reverse().map((one, at) => come(tenant, one, { counter: counters[at % 2] }));
    const tries = people.map((one, at) => beginFrom(one, counters[(at + 1) % 2]));
    // As a change of many locks them: the active administrators, then the one.
    const changes = people.map((one) =>
      withTenant(tenant.id, async (tx) => {
        await tx.execute(
          sql`select from users where role = 'administrator' and status = 'active' order by id for no key update`,
        );
        await tx.execute(sql`update users set first_name = 'Changed' where id = ${one.id}`);
      }),
    );
    const done = await Promise.all([...forwards, ...backwards]);
    await Promise.all([...tries, ...changes]);
    expect(done.every(Boolean)).toBe(true);
    slowest.push(performance.now() - started);
  }
  // Postgres looks for a circle after a second: whoever was in one took longer.
  expect(Math.max(...slowest)).toBeLessThan(1000);
  const [deadlocks] =
    await admin()`select deadlocks::int as count from pg_stat_database where datname = current_database()`;
  expect(deadlocks?.count).toBe(0);
});

test('a batch holds sign-ins of one tenant only', async () => {
  const other = await newTenant();
  const there = await newUser(other);
  const [here] = await users(1);
  if (!here) throw new Error('nobody here');
  const [changedAt] = await admin()`select changed_at::text as at from passwords where user_id = ${there.id}`;
  const stranger = { id: there.id, address: '127.0.0.9', changedAt: String(changedAt?.at) };
  const [mine, his] = await Promise.all([come(tenant, here), come(tenant, stranger)]);
  expect([mine !== undefined, his]).toEqual([true, undefined]);
});

type Somebody = { id: string; address: string; changedAt: string };

async function users(count: number): Promise<Somebody[]> {
  const made = await Promise.all(Array.from({ length: count }, () => newUser(tenant)));
  const rows =
    await admin()`select user_id, changed_at::text as at from passwords where user_id in ${admin()(ids(made))}`;
  const at = new Map(rows.map((one) => [String(one.user_id), String(one.at)]));
  return made.map(({ id }, index) => ({ id, address: `127.0.1.${index + 1}`, changedAt: at.get(id) ?? '' }));
}

function come(
  where: Tenant,
  { id, address, changedAt }: Somebody,
  { counter = null, device }: { counter?: Counter; device?: string } = {},
) {
  const cause: Cause = { actorId: null, address, userAgent: 'tests', requestId: `request of ${id}`, device };
  const used = { changedAt, budget: budgetOf(id), counters: counter ? [counter] : [] };
  return completeInBatch(where, { userId: id, factor: null, returnTo: `/home?of=${id}` }, used, cause);
}

type Counter = Parameters<typeof completeInBatch>[2]['counters'][number] | null;

async function budgets(people: { id: string }[]) {
  const [row] = await admin()`select count(*)::int as count from throttles where user_id in ${admin()(ids(people))}`;
  return row?.count;
}

/** A try at the same budget that begins meanwhile, from another address. */
function beginFrom({ id }: Somebody, counter: Counter = null) {
  return statement('select begin_sign_in($1::uuid, null, null, $2, null, $3::text::json, null)', [
    tenant.id,
    budgetOf(id),
    JSON.stringify(counter ? [counter] : []),
  ]);
}

async function mailsTo(userId: string) {
  const jobs = await admin()`
    select payload -> 'mail' ->> 'kind' as kind from graphile_worker._private_jobs where payload ->> 'userId' = ${userId}`;
  return jobs.map(({ kind }) => String(kind));
}

const ids = (people: { id: string }[]) => people.map(({ id }) => id);
