import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { startWorker } from '@/lib/jobs/worker';
import { resumeTenant, suspendTenant } from '@/lib/operators/tenants/suspend';
import { findBulk, previewBulk, startBulk } from '@/lib/users/bulk';
import { runBulk } from '@/lib/users/bulk-run';
import { applyImport } from '@/lib/users/import/apply';
import { guessMapping, type Mapping } from '@/lib/users/import/columns';
import { findImport } from '@/lib/users/import/imports';
import { planImport } from '@/lib/users/import/plan';
import { startImport } from '@/lib/users/import/start';
import { uploadFile } from '@/lib/users/import/upload';
import { mailInvitation } from '@/lib/users/invite';
import { resumeUnfinished } from '@/lib/users/unfinished';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

type Tenant = Awaited<ReturnType<typeof newTenant>>;

/** How long a whole change may take on a machine with much else to do. */
const WHOLE = { timeout: 25_000 };

const operator: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

describe('a change of many users', () => {
  let worker: Awaited<ReturnType<typeof startWorker>>;
  beforeAll(async () => {
    worker = await startWorker();
  });
  afterAll(() => worker.stop());

  test('waits while its tenant is suspended, and is done to the end when it is opened again', {
    timeout: 60_000,
  }, async () => {
    const { tenant, cause } = await company(150);
    const id = await begun(tenant, cause);
    await expect.poll(() => doneOf(id)).toBeGreaterThan(20);
    await suspendTenant(tenant.id, operator);
    await expect.poll(() => jobs(id)).toBe(0);
    const half = await findBulk(tenant, id);
    expect(half).toMatchObject({ state: 'running', failure: null });
    expect(half?.done).toBeLessThan(half?.total ?? 0);
    expect(await eventsOf(tenant, 'session_end'), 'what it says is done is what is done').toHaveLength(half?.done ?? 0);

    await resumeTenant(tenant.id, operator);
    await expect.poll(() => findBulk(tenant, id), WHOLE).toMatchObject({ state: 'done', done: 151, refused: [] });
    expect(await eventsOf(tenant, 'session_end'), 'each once').toHaveLength(151);
  });

  test.each([
    ['disabled', (id: string) => admin()`update users set status = 'disabled' where id = ${id}`],
    ['made an agent', (id: string) => admin()`update users set role = 'agent' where id = ${id}`],
    ['deleted', (id: string) => admin()`delete from users where id = ${id}`],
  ])('stops at once when the administrator is %s, and lists the users that are left', async (_, change) => {
    const { tenant, cause, boss } = await company(150);
    const id = await begun(tenant, cause);
    await expect.poll(() => doneOf(id)).toBeGreaterThan(20);
    await change(boss.id);
    await expect
      .poll(() => findBulk(tenant, id), WHOLE)
      .toMatchObject({ state: 'stopped', failure: 'not-administrator' });
    const over = await findBulk(tenant, id);
    expect(over?.done).toBeLessThan(over?.total ?? 0);
    expect(await eventsOf(tenant, 'session_end')).toHaveLength(over?.done ?? 0);
    expect(over?.finishedAt).toBeInstanceOf(Date);
    const [next = ''] = over?.userIds.slice(over.done) ?? [];
    if (next !== boss.id) expect(over?.names.has(next)).toBe(true);
  });

  test('whose job was lost is resumed where it stopped', async () => {
    const { tenant, cause } = await company(60);
    const id = await asked(tenant, cause);
    await admin()`update bulk_changes set state = 'running', done = 10 where id = ${id}`;
    await resumeUnfinished();
    await expect.poll(() => findBulk(tenant, id), WHOLE).toMatchObject({ state: 'done', done: 61 });
    expect(await eventsOf(tenant, 'session_end')).toHaveLength(51);
  });

  test('that a dead process held is resumed by another', async () => {
    const { tenant, cause } = await company(60);
    const id = await asked(tenant, cause);
    await worker.stop();
    await startBulk(tenant, id, cause);
    await admin()`
      update graphile_worker._private_jobs set locked_by = 'gone', locked_at = now() - interval '2 minutes', attempts = 1
      where key = ${`bulk:${id}`}`;
    await admin()`
      update graphile_worker._private_job_queues set locked_by = 'gone', locked_at = now() - interval '2 minutes' where queue_name = 'work'`;
    worker = await startWorker();
    await expect.poll(() => findBulk(tenant, id), WHOLE).toMatchObject({ state: 'done', done: 61 });
  });
});

test('a change that fails at every attempt ends as stopped, with what was done', async () => {
  const { tenant, cause } = await company(5);
  const id = await begun(tenant, cause);
  await admin()`update bulk_changes set done = 2 where id = ${id}`;
  await admin()`update graphile_worker._private_jobs set attempts = max_attempts where key = ${`bulk:${id}`}`;
  await resumeUnfinished();
  expect(await findBulk(tenant, id)).toMatchObject({ state: 'stopped', failure: 'gave-up', done: 2, total: 6 });
  expect(await jobs(id)).toBe(0);
  await runBulk(tenant, id);
  expect(await eventsOf(tenant, 'session_end')).toHaveLength(0);
});

test('two jobs of one bulk change change no user twice', async () => {
  const { tenant, cause } = await company(30);
  const id = await begun(tenant, cause);
  await Promise.all([runBulk(tenant, id), runBulk(tenant, id)]);
  await runBulk(tenant, id);
  expect(await findBulk(tenant, id)).toMatchObject({ state: 'done', done: 31 });
  // The one that comes second notices at its first user.
  expect((await eventsOf(tenant, 'session_end')).length).toBeLessThanOrEqual(32);
});

describe('an import', () => {
  test('an import in progress when its tenant is suspended changes no user, and is applied after reactivation', async () => {
    const { tenant, cause } = await company(0);
    const id = await importBegun(tenant, cause, 1500);
    const applying = applyImport(tenant, id);
    await expect.poll(async () => (await findImport(tenant, id))?.done).toBeGreaterThan(0);
    await suspendTenant(tenant.id, operator);
    await applying;
    expect(await findImport(tenant, id)).toMatchObject({ state: 'applying', failure: null });
    expect(await countUsers(tenant)).toBe(1);
    await applyImport(tenant, id);
    expect(await countUsers(tenant), 'nor while it is suspended').toBe(1);

    await admin()`delete from graphile_worker._private_jobs`;
    await resumeTenant(tenant.id, operator);
    expect(await jobs(id)).toBe(1);
    await applyImport(tenant, id);
    expect(await findImport(tenant, id)).toMatchObject({ state: 'applied', done: 1500 });
    expect(await countUsers(tenant)).toBe(1501);
  });

  test('that fails at every attempt ends as failed, and can be checked again', async () => {
    const { tenant, cause } = await company(0);
    const id = await importBegun(tenant, cause, 3);
    await admin()`update graphile_worker._private_jobs set attempts = max_attempts where key = ${`import:${id}`}`;
    await resumeUnfinished();
    expect(await findImport(tenant, id)).toMatchObject({ state: 'failed', failure: 'gave-up', done: 0 });
    expect(await planned(tenant, id, cause)).toMatchObject({ ok: true });
  });
});

test('invitations that could not be mailed while a tenant was suspended are mailed when it is opened again, once', async () => {
  const { tenant, cause } = await company(0);
  const user = await newUser(tenant, { password: undefined });
  await withTenant(tenant.id, (tx) => mailInvitation(tx, tenant.id, user.id, cause));
  const waiting = () => admin()`select from graphile_worker._private_jobs where payload ->> 'userId' = ${user.id}`;
  await suspendTenant(tenant.id, operator);
  await resumeTenant(tenant.id, operator);
  expect(await waiting(), 'the mail still waits').toHaveLength(1);
  await admin()`delete from graphile_worker._private_jobs`;
  await suspendTenant(tenant.id, operator);
  await resumeTenant(tenant.id, operator);
  expect(await waiting(), 'the worker has left it out').toHaveLength(1);
});

async function company(count: number) {
  const tenant = await newTenant();
  const boss = await newUser(tenant, { role: 'administrator', password: undefined });
  await admin()`
    insert into users (tenant_id, username, first_name, last_name)
    select ${tenant.id}, 'many' || n, 'Robin', 'Many' from generate_series(1, ${count}) n`;
  return { tenant, boss, cause: { ...operator, actorId: boss.id } };
}

async function asked(tenant: Tenant, cause: Cause) {
  const made = await previewBulk(tenant, 'end-sessions', {}, cause);
  if (!made.ok) throw new Error(made.error);
  return made.id;
}

async function begun(tenant: Tenant, cause: Cause) {
  const id = await asked(tenant, cause);
  expect(await startBulk(tenant, id, cause)).toEqual({ ok: true });
  return id;
}

async function importBegun(tenant: Tenant, cause: Cause, count: number) {
  const lines = Array.from({ length: count }, (_, at) => `new${at},Robin,Many`);
  const bytes = Buffer.from(['username,first_name,last_name', ...lines].join('\n'));
  const taken = await uploadFile(tenant, { name: 'users.csv', bytes }, cause);
  if (!taken.ok) throw new Error(taken.error);
  expect(await planned(tenant, taken.id, cause)).toMatchObject({ ok: true });
  expect(await startImport(tenant, taken.id, false, cause)).toEqual({ ok: true });
  return taken.id;
}

async function planned(tenant: Tenant, id: string, cause: Cause) {
  const found = await findImport(tenant, id);
  const mapping = guessMapping(found?.header ?? []) as Mapping;
  return planImport(tenant, id, { mapping, invite: false }, cause);
}

async function doneOf(id: string) {
  const [row] = await admin()`select done from bulk_changes where id = ${id}`;
  return Number(row?.done);
}

async function jobs(id: string) {
  const [row] = await admin()`
    select count(*)::int as count from graphile_worker._private_jobs where payload::text like ${`%${id}%`}`;
  return Number(row?.count);
}

async function countUsers(tenant: Tenant) {
  const [row] = await admin()`select count(*)::int as count from users where tenant_id = ${tenant.id}`;
  return Number(row?.count);
}
