import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import { auditEvents } from '@/db/schema/audit';
import { AUDIT_EVENTS } from '@/lib/audit/events';
import { PROVIDER } from '@/lib/audit/provider';
import { verifyAudit } from '@/lib/audit/verify';
import { eventsOf } from '@/tests/support/audit';
import { pathOf, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { linkIn } from '@/tests/support/mailbox';
import { newOperator, operatorHost, operatorSession } from '@/tests/support/operators';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const running = instances(2);
type Tenant = Awaited<ReturnType<typeof newTenant>>;

test('a language or time zone chosen outside the profile form is recorded with its old and new value, once', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const browser = at(tenant);
  await browser.signIn(user.username, user.password);
  for (const locale of ['fr', 'fr', 'en']) await browser.submit('/home', { locale });
  expect(await eventsOf(tenant, 'user_update')).toMatchObject([
    { actor_id: user.id, subject_id: user.id, detail: { what: 'profile', 'old.locale': null, 'new.locale': 'fr' } },
    { actor_id: user.id, subject_id: user.id, detail: { what: 'profile', 'old.locale': 'fr', 'new.locale': 'en' } },
  ]);

  const operator = await newOperator();
  const console = visitor({ port: running.app().port, host: operatorHost() });
  console.jar.set('__Host-sid', await operatorSession(operator));
  await console.submit('/operator', { locale: 'fr' });
  await console.submit('/operator/account', { timeZone: 'Europe/Paris' });
  const own = { actor_id: operator.id, subject_id: operator.id };
  const changes = (await eventsOf({ id: PROVIDER }, 'user_update')).filter(({ actor_id }) => actor_id === operator.id);
  expect(changes).toMatchObject([
    { ...own, detail: { 'old.locale': null, 'new.locale': 'fr' } },
    { ...own, detail: { 'old.timeZone': 'America/Toronto', 'new.timeZone': 'Europe/Paris' } },
  ]);
  expect(await verifyAudit(PROVIDER)).toMatchObject({ ok: true });
});

test('no secret that a user types or receives is in the log, the audit log, the queue or any row', async () => {
  const tenant = await newTenant({ policy: { resetStyle: 'link' } });
  const user = await newUser(tenant, { password: 'canary-current-Qm7' });
  const { secret, codes } = await enrolled(tenant, user);
  const canaries = [
    'canary-current-Qm7',
    'canary-wrong-Zx3',
    'canary-name-Pv9',
    'canary-next-Lk5',
    'canary-again-Ty1',
    'canary-field-Rw8',
    secret,
  ];
  const browser = at(tenant);
  await browser.signIn(user.username, 'canary-wrong-Zx3');
  await browser.signIn('canary-name-Pv9 whole sentence', 'canary-wrong-Zx3');
  await browser.signIn('canary-name-Pv9', 'canary-wrong-Zx3');
  await browser.signIn(user.username, user.password);
  const code = codeOf(secret);
  await browser.submit('/sign-in/code', { code });
  const tokens = [...browser.jar.values()];
  await browser.submit('/settings/password', {
    current: user.password,
    password: 'canary-next-Lk5',
    repeat: 'canary-field-Rw8',
  });
  await browser.submit('/settings/password', {
    current: user.password,
    password: 'canary-next-Lk5',
    repeat: 'canary-next-Lk5',
  });
  const spare = at(tenant);
  await spare.signIn(user.username, 'canary-next-Lk5');
  await spare.submit('/sign-in/recovery-code', { code: codes[0] });
  tokens.push(...browser.jar.values(), ...spare.jar.values());
  await at(tenant).submit('/forgot-password', { username: user.username });
  const link = pathOf(linkIn(await running.mail.mail(user.email ?? '', /password/i, 2)));
  const reader = at(tenant);
  await reader.get(link);
  await admin()`alter table passwords add constraint broken check (changed_at < '2000-01-01') not valid`;
  await reader.submit('/reset-password', { password: 'canary-again-Ty1', repeat: 'canary-again-Ty1' });
  await admin()`alter table passwords drop constraint broken`;
  await reader.submit('/reset-password', { password: 'canary-again-Ty1', repeat: 'canary-again-Ty1' });
  const token = link.split('/').at(-1) ?? '';
  const everywhere = [await dump(), running.app().output(), running.app(1).output()].join('\n');
  expect(everywhere).toContain(user.username);
  const found = [...canaries, ...tokens.filter((value) => value.length > 20), token, ...codes].filter((canary) =>
    everywhere.includes(canary),
  );
  expect(found).toEqual([]);
  expect(everywhere).not.toMatch(new RegExp(`"code":"?${code}`));
});

describe('the chain', () => {
  test('shows the first event that was changed, removed or moved, and a tail cut off', async () => {
    const harm: [string, (tenant: Tenant) => Promise<unknown>, number | 'cut'][] = [
      [
        'changed',
        (tenant) =>
          admin()`update audit_events set detail = '{"factor":"totp"}' where tenant_id = ${tenant.id} and seq = 4`,
        4,
      ],
      [
        'another time',
        (tenant) =>
          admin()`update audit_events set at = at + interval '1 hour' where tenant_id = ${tenant.id} and seq = 3`,
        3,
      ],
      [
        'another actor',
        (tenant) =>
          admin()`update audit_events set actor_id = gen_random_uuid() where tenant_id = ${tenant.id} and seq = 2`,
        2,
      ],
      ['removed', (tenant) => admin()`delete from audit_events where tenant_id = ${tenant.id} and seq = 3`, 3],
      [
        'swapped',
        async (tenant) => {
          await admin()`update audit_events set seq = 1000 where tenant_id = ${tenant.id} and seq = 2`;
          await admin()`update audit_events set seq = 2 where tenant_id = ${tenant.id} and seq = 5`;
          await admin()`update audit_events set seq = 5 where tenant_id = ${tenant.id} and seq = 1000`;
        },
        2,
      ],
      ['cut', (tenant) => admin()`delete from audit_events where tenant_id = ${tenant.id} and seq > 4`, 'cut'],
      [
        'cut with its end',
        async (tenant) => {
          await admin()`delete from audit_events where tenant_id = ${tenant.id} and seq > 4`;
          await admin()`
            update audit_heads h set seq = 4, mac = (select mac from audit_events e where e.tenant_id = h.tenant_id and e.seq = 4)
            where tenant_id = ${tenant.id}`;
        },
        'cut',
      ],
    ];
    for (const [name, spoil, expected] of harm) {
      const tenant = await newTenant();
      for (let index = 0; index < 6; index++) await newUser(tenant);
      const good = await verifyAudit(tenant.id);
      expect(good).toMatchObject({ ok: true, events: 6 });
      await spoil(tenant);
      const verdict = await verifyAudit(tenant.id, good.ok ? [good.anchor] : []);
      expect([name, verdict]).toMatchObject([
        name,
        expected === 'cut' ? { ok: false, error: 'cut', seq: 5 } : { ok: false, error: 'broken', seq: expected },
      ]);
    }
  });

  test('cannot be rewritten by the application’s own role', async () => {
    const tenant = await newTenant();
    await newUser(tenant);
    const app = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
    try {
      await app`select set_config('app.tenant', ${tenant.id}, false)`;
      expect(await app`select 1 from audit_events`).toHaveLength(1);
      for (const statement of [
        `update audit_events set event = 'x'`,
        'delete from audit_events',
        'truncate audit_events',
        'update audit_heads set seq = 0',
        'delete from audit_heads',
        'alter table audit_events disable trigger all',
        'drop trigger audit_events_chain on audit_events',
      ]) {
        await expect(app.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
      await expect(
        app`insert into audit_events select tenant_id, seq, at, event, actor_id, subject_id, address, request_id, detail, key_id, previous_mac, mac from audit_events`,
      ).rejects.toThrow();
      await expect(app`select set_config('session_replication_role', 'replica', false)`).rejects.toMatchObject({
        code: '42501',
      });
    } finally {
      await app.end();
    }
  });

  test('does not fork when a hundred users sign in at once on two instances', { timeout: 90_000 }, async () => {
    const tenant = await newTenant();
    const { id } = await newUser(tenant);
    await admin()`
      with made as (
        insert into users (tenant_id, username, first_name, last_name)
        select ${tenant.id}, 'crowd' || n, 'Some', 'One' from generate_series(1, 100) n returning id)
      insert into passwords (tenant_id, user_id, hash)
        select ${tenant.id}, made.id, p.hash from made, passwords p where p.user_id = ${id}`;
    const form = await at(tenant).form('/sign-in', ['username', 'password']);
    let left = Array.from({ length: 100 }, (_, index) => `crowd${index + 1}`);
    for (let round = 0; left.length > 0 && round < 10; round++) {
      const answers = await Promise.all(
        left.map((username, index) => at(tenant, index).post('/sign-in', form, { username, password: PASSWORD })),
      );
      for (const answer of answers) expect([303, 503]).toContain(answer.status);
      left = left.filter((_, index) => answers[index]?.status === 503);
    }
    expect(left).toEqual([]);
    const events = await eventsOf(tenant);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter((event) => event.event === 'authn_login_success')).toHaveLength(100);
    expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true, events: 101 });
  });
});

test('any input of a visitor makes one bounded event and one log line', async () => {
  const { tenant } = await people();
  const browser = visitor({ port: running.app().port, host: tenant.host, userAgent: 'x\u009b31mred' });
  const nasty = [
    'bob\r\nauthn_login_success user=admin',
    '\u001b[2Jcleared',
    'a\u2028b',
    '\u0000nul',
    "';drop table users;--",
    'x'.repeat(10_000),
  ];
  for (const username of nasty) {
    const answer = await browser.submit('/sign-in', { username, password: 'wrong one' });
    expect(answer.status).toBeLessThan(500);
  }
  await browser.get('/nowhere%0a%7B%22level%22:%22info%22%7D%0d%1b[31m');
  const events = await eventsOf(tenant, 'authn_login_fail');
  expect(events).toHaveLength(5);
  for (const event of events) {
    expect(event.subject_id).toBeNull();
    expect(event.detail).toEqual({ factor: 'password', identifier: expect.stringMatching(/^[0-9a-f]{16}$/) });
  }
  const lines = running
    .app()
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    expect(() => JSON.parse(line)).not.toThrow();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  }
});

test('every event has actor, address, subject, factor, time and request id', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const { secret } = await enrolled(tenant, user);
  const browser = visitor({ port: running.app().port, host: tenant.host, from: '127.0.5.5' });
  await browser.signIn(user.username, 'wrong one');
  await browser.signIn(user.username, PASSWORD);
  await browser.submit('/sign-in/code', { code: '000000' });
  const answer = await browser.submit('/sign-in/code', { code: codeOf(secret) });
  await browser.submit('/home', {}, { button: 'Sign out' });
  const events = (await eventsOf(tenant)).filter((event) => event.request_id !== 'tests');
  expect(events.map((event) => event.event)).toEqual([
    'authn_login_fail',
    'authn_login_code_fail',
    'authn_login_success',
    'authn_logout',
  ]);
  for (const event of events) {
    expect(AUDIT_EVENTS).toContain(event.event);
    expect(event).toMatchObject({ subject_id: user.id, address: '127.0.5.5' });
    expect(event.request_id).toMatch(/^[0-9a-f-]{36}$/);
  }
  expect(events[2]).toMatchObject({
    actor_id: user.id,
    request_id: answer.headers['x-request-id'],
    detail: { factor: 'totp' },
  });
  const [clock] =
    await admin()`select max(abs(extract(epoch from now() - at))) < 60 as good from audit_events where tenant_id = ${tenant.id}`;
  expect(clock?.good).toBe(true);
});

test('a tenant reads its own audit log only', async () => {
  const [here, there] = [await newTenant(), await newTenant()];
  await newUser(here);
  await newUser(there);
  const seen = await withTenant(here.id, (tx) => tx.select({ tenant: auditEvents.tenantId }).from(auditEvents));
  expect(seen).toEqual([{ tenant: here.id }]);
});

async function people(): Promise<{ tenant: Tenant; user: Person }> {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}

function at(tenant: Tenant, instance = 0) {
  return visitor({ port: running.app(instance).port, host: tenant.host });
}

/** Every row of every table as text, the job queue's too. */
async function dump() {
  const tables = await admin()`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'graphile_worker')`;
  const texts = await Promise.all(
    tables.map(async ({ name }) =>
      (await admin().unsafe(`select t::text as row from ${name} t`)).map(({ row }) => row),
    ),
  );
  return texts.flat().join('\n');
}
