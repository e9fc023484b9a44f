import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '@/tests/support/app';
import { eventsOf } from '@/tests/support/audit';
import { type Answer, type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { startProxy } from '@/tests/support/proxy';
import { type MailServer, startMailServer } from '@/tests/support/smtp';
import { codeOf } from '@/tests/support/totp';
import { enrolled, NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

type Tenant = Awaited<ReturnType<typeof newTenant>>;

let app: App;
let line: Awaited<ReturnType<typeof startProxy>>;
let mail: MailServer;

beforeAll(async () => {
  mail = await startMailServer();
  line = await startProxy(process.env.DATABASE_URL ?? '');
  app = await startApp({ DATABASE_URL: line.url, SMTP_URL: mail.url });
});

afterEach(async () => {
  line.turn('fine');
  mail.turn('takes');
  // A fault holds only if the next ordinary sign-in also works.
  const { tenant, user } = await people();
  await expect
    .poll(
      async () =>
        (
          await at(tenant)
            .signIn(user.username, PASSWORD)
            .catch(() => undefined)
        )?.location,
    )
    .toBe('/home');
  expect(app.isRunning()).toBe(true);
});

afterAll(async () => {
  await app?.stop();
  await line?.stop();
  await mail?.stop();
});

describe('the database is away', () => {
  test('a sign-in is answered 503 soon, in general words, with no cookie touched, and works when it is back', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['username', 'password']);
    line.turn('refused');
    for (let attempt = 0; attempt < 7; attempt++) {
      const answer = await browser.post('/sign-in', form, { username: user.username, password: PASSWORD });
      expectUnavailable(answer);
      expect(answer.setCookies).toEqual([]);
      expect(answer.ms).toBeLessThan(6000);
    }
    line.turn('fine');
    await expect
      .poll(async () => (await browser.signIn(user.username, PASSWORD).catch(() => undefined))?.location)
      .toBe('/home');
  });

  test('a page view is answered 503 and ends no session', async () => {
    const { inside } = await signedIn();
    const cookie = inside.jar.get('__Host-sid');
    line.turn('refused');
    for (const path of ['/home', '/settings/profile', '/sign-in', '/api/session']) {
      const answer = await inside.get(path);
      expect([path, answer.status, answer.setCookies]).toEqual([path, 503, []]);
      expect(Number(answer.headers['retry-after'] ?? 1)).toBeGreaterThan(0);
      expect(answer.body).not.toMatch(/ECONN|postgres|CONNECT/);
    }
    expect(JSON.parse((await inside.get('/admin/users/export')).body)).toEqual({ error: 'unavailable' });
    expect((await inside.get('/api/health')).status).toBe(503);
    expect(JSON.parse((await inside.get('/api/health?live')).body)).toEqual({ live: true });
    line.turn('fine');
    await expect.poll(async () => (await inside.get('/home')).status).toBe(200);
    expect(inside.jar.get('__Host-sid')).toBe(cookie);
    await expect.poll(async () => (await inside.get('/api/health')).status, { timeout: 30_000 }).toBe(200);
  }, 60_000);

  test('a database that hangs is given up within six seconds, for sixty requests at once, and health says so', async () => {
    const { tenant, user, inside } = await signedIn();
    const form = await at(tenant).form('/sign-in', ['username', 'password']);
    line.turn('hangs');
    const answers = await Promise.all([
      ...Array.from({ length: 30 }, () => inside.get('/home')),
      ...Array.from({ length: 30 }, () =>
        at(tenant).post('/sign-in', form, { username: user.username, password: PASSWORD }),
      ),
      inside.get('/api/health'),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.ms).toBeLessThan(9000);
    }
    line.turn('fine');
    await expect.poll(async () => (await inside.get('/home')).status, { timeout: 20_000 }).toBe(200);
  }, 60_000);

  test('between password and code an outage loses nothing: the attempt continues', async () => {
    const { tenant, user } = await people();
    const { secret } = await enrolled(tenant, user);
    const browser = at(tenant);
    await browser.signIn(user.username, PASSWORD);
    const form = await browser.form('/sign-in/code', ['code']);
    line.turn('refused');
    expectUnavailable(await browser.post('/sign-in/code', form, { code: codeOf(secret) }));
    expect(browser.jar.has('__Host-pl')).toBe(true);
    line.turn('fine');
    const retry = async () => (await browser.post('/sign-in/code', form, { code: codeOf(secret) })).location;
    await expect.poll(retry).toBe('/home');
  });

  test('a connection lost during COMMIT leaves no partial sign-in: the next try or code works', async () => {
    const { tenant, user } = await people();
    const { secret } = await enrolled(tenant, user);
    const browser = at(tenant);
    await browser.signIn(user.username, PASSWORD);
    const form = await browser.form('/sign-in/code', ['code']);
    const cuts = line.cuts();
    line.turn('cut-at-commit');
    const answer = await browser.post('/sign-in/code', form, { code: codeOf(secret) });
    line.turn('fine');
    expect(line.cuts()).toBeGreaterThan(cuts);
    expectUnavailable(answer);
    const events = async () => (await eventsOf(tenant, 'authn_login_success')).length;
    expect(await sessionsOf(user)).toBe(await events());
    const again = at(tenant);
    await expect.poll(async () => (await again.signIn(user.username, PASSWORD)).location).toBe('/sign-in/code');
    expect((await again.submit('/sign-in/code', { code: codeOf(secret, 1) })).location).toBe('/home');
    expect(await sessionsOf(user)).toBe(await events());
    expect(await sessionsOf(user)).toBeLessThanOrEqual(2);
  });

  test('a connection that stalls for two seconds delays a sign-in and does not repeat it', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['username', 'password']);
    line.turn('hangs');
    const started = performance.now();
    const pending = browser.post('/sign-in', form, { username: user.username, password: PASSWORD });
    await expect.poll(() => performance.now() - started, { interval: 100 }).toBeGreaterThan(2000);
    line.turn('fine');
    expect((await pending).location).toBe('/home');
    expect(await sessionsOf(user)).toBe(1);
  });

  test('every connection killed under forty sign-ins: some are asked to come back, none stays hanging, the process lives', async () => {
    const tenant = await newTenant();
    const users: Person[] = [];
    for (let index = 0; index < 40; index++) users.push(await newUser(tenant));
    const form = await at(tenant).form('/sign-in', ['username', 'password']);
    const pending = users.map((user) =>
      at(tenant).post('/sign-in', form, { username: user.username, password: PASSWORD }),
    );
    await expect
      .poll(async () => (await admin()`select 1 from throttles where tenant_id = ${tenant.id}`).length)
      .toBeGreaterThan(0);
    await admin()`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'gatehouse'`;
    const answers = await Promise.all(pending);
    for (const answer of answers) expect([303, 503]).toContain(answer.status);
    expect(answers.some((answer) => answer.status === 303)).toBe(true);
    expect(app.output()).not.toMatch(/"alert":"uncaught"/);
  });

  test('a migration that holds the users table is answered 503 fast', async () => {
    const { tenant, user, inside } = await signedIn();
    const form = await at(tenant).form('/sign-in', ['username', 'password']);
    await admin().begin(async (tx) => {
      await tx`lock table users in access exclusive mode`;
      const answers = await Promise.all([
        at(tenant).post('/sign-in', form, { username: user.username, password: PASSWORD }),
        inside.get('/home'),
      ]);
      for (const answer of answers) {
        expect(answer.status).toBe(503);
        expect(answer.ms).toBeLessThan(3000);
      }
    });
    expect((await inside.get('/home')).status).toBe(200);
  });
});

describe('a transaction fails', () => {
  test('when the audit log cannot be written, no change is made, and reading still works', async () => {
    const tenant = await newTenant();
    const boss = await newUser(tenant, { role: 'administrator' });
    const user = await newUser(tenant);
    const inside = at(tenant);
    await inside.signIn(boss.username, PASSWORD);
    await breakAudit('53100', 'no space left on device');
    try {
      const path = `/admin/users/${user.id}`;
      const before = await admin()`select role, status from users where id = ${user.id}`;
      for (const fields of [{ role: 'administrator' }, { status: 'disabled' }]) {
        const form = await inside.form(path, Object.keys(fields));
        expectUnavailable(await inside.post(path, form, fields));
      }
      expectUnavailable(
        await inside.submit('/settings/password', { current: PASSWORD, password: NEW_PASSWORD, repeat: NEW_PASSWORD }),
      );
      expectUnavailable(await at(tenant).signIn(user.username, PASSWORD));
      expect(await admin()`select role, status from users where id = ${user.id}`).toEqual(before);
      expect(await sessionsOf(user)).toBe(0);
      expect((await inside.get('/home')).status).toBe(200);
    } finally {
      await admin()`drop trigger broken on audit_events`;
    }
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
  });

  test('from a deadlock or a serialisation failure it is tried again, three times at most, with one effect', async () => {
    const { tenant, user } = await people();
    for (const [code, failures, inside] of [
      ['40001', 2, true],
      ['40P01', 1, true],
      ['40001', 99, false],
    ] as const) {
      await admin().unsafe(`
        create sequence if not exists tries; select setval('tries', 1, false); grant usage on sequence tries to public;
        create or replace function fail_some() returns trigger language plpgsql as $$ begin
          if nextval('tries') <= ${failures} then raise exception 'again' using errcode = '${code}'; end if;
          return new; end $$;
        create or replace trigger failing before insert on sessions for each row execute function fail_some()`);
      const before = await sessionsOf(user);
      const events = (await eventsOf(tenant, 'authn_login_success')).length;
      const answer = await at(tenant).signIn(user.username, PASSWORD);
      expect([code, answer.location === '/home']).toEqual([code, inside]);
      expect(await sessionsOf(user)).toBe(before + (inside ? 1 : 0));
      expect(await eventsOf(tenant, 'authn_login_success')).toHaveLength(events + (inside ? 1 : 0));
      const [{ last } = { last: 0 }] = await admin()`select last_value::int as last from tries`;
      expect(last).toBe(Math.min(failures + 1, 3));
      await admin()`drop trigger failing on sessions`;
    }
  });
});

describe('the server dies', () => {
  test('between the code and the session: both or neither, and the same code works at the next server', async () => {
    const { tenant, user } = await people();
    const { secret } = await enrolled(tenant, user);
    const doomed = await startApp();
    const browser = visitor({ port: doomed.port, host: tenant.host });
    await browser.signIn(user.username, PASSWORD);
    const form = await browser.form('/sign-in/code', ['code']);
    const code = codeOf(secret);
    await admin().begin(async (tx) => {
      await tx`lock table sessions in access exclusive mode`;
      const lost = browser.post('/sign-in/code', form, { code }).catch((error: Error) => error);
      await expect
        .poll(
          () => admin()`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          { interval: 5 },
        )
        .not.toHaveLength(0);
      await doomed.kill();
      expect(await lost).toBeInstanceOf(Error);
    });
    await expect
      .poll(
        async () => (await admin()`select last_step::int from totp_secrets where user_id = ${user.id}`)[0]?.last_step,
      )
      .toBe(0);
    const next = visitor({ port: app.port, host: tenant.host });
    next.jar.set('__Host-pl', browser.jar.get('__Host-pl') ?? '');
    expect((await next.submit('/sign-in/code', { code })).location).toBe('/home');
    expect(await sessionsOf(user)).toBe(1);
  });

  test('before a mail has gone out: the next one sends it, once', async () => {
    const { tenant, user } = await people();
    await app.stop();
    const doomed = await startApp({ SMTP_URL: mail.url });
    mail.turn('hangs');
    const before = mail.tries();
    await visitor({ port: doomed.port, host: tenant.host }).submit('/forgot-password', { username: user.username });
    await mail.triedTimes(before + 1);
    await doomed.kill();
    mail.turn('takes');
    await admin()`update graphile_worker._private_jobs set locked_at = locked_at - interval '1 minute'`;
    app = await startApp({ DATABASE_URL: line.url, SMTP_URL: mail.url });
    await mail.mail(user.email ?? '', /Choose a new password/, 1, 60_000);
    expect(mail.to(user.email ?? '')).toHaveLength(1);
  }, 90_000);

  test('asked to stop during sign-ins it finishes them, within ten seconds', async () => {
    const tenant = await newTenant();
    const users: Person[] = [];
    for (let index = 0; index < 10; index++) users.push(await newUser(tenant));
    const leaving = await startApp();
    const form = await visitor({ port: leaving.port, host: tenant.host }).form('/sign-in', ['username', 'password']);
    const pending = users.map((user) =>
      visitor({ port: leaving.port, host: tenant.host }).post('/sign-in', form, {
        username: user.username,
        password: PASSWORD,
      }),
    );
    await expect
      .poll(async () => (await admin()`select 1 from throttles where tenant_id = ${tenant.id}`).length, { interval: 5 })
      .toBeGreaterThan(4);
    const started = performance.now();
    await leaving.stop();
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await leaving.gone).toBe(0);
    expect((await Promise.all(pending)).map((answer) => answer.location)).toEqual(Array(10).fill('/home'));
  });
});

describe('mail', () => {
  test('that hangs delays no request, and a mail refused for good raises an alert and is not sent again', async () => {
    const { tenant, user } = await people();
    mail.turn('hangs');
    const answer = await at(tenant).submit('/forgot-password', { username: user.username });
    expect([answer.status, answer.ms < 2000]).toEqual([303, true]);
    const other = await newUser(tenant);
    mail.turn('says-550');
    await at(tenant).submit('/forgot-password', { username: other.username });
    await expect.poll(() => app.output(), { timeout: 15_000 }).toContain('mail refused for good');
    expect(app.output()).not.toContain(other.email);
  });
});

describe('a user who repeats an action', () => {
  test('clicks Sign in twice: both answers are good ones', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['username', 'password']);
    const fields = { username: user.username, password: PASSWORD };
    const both = await Promise.all([browser.post('/sign-in', form, fields), browser.post('/sign-in', form, fields)]);
    expect(both.map((answer) => answer.location)).toEqual(['/home', '/home']);
    expect((await browser.get('/home')).status).toBe(200);
  });

  test('goes back after signing in and submits again: in, with one session', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['username', 'password']);
    const fields = { username: user.username, password: PASSWORD };
    await browser.post('/sign-in', form, fields);
    expect((await browser.post('/sign-in', form, fields)).location).toBe('/home');
    expect(await sessionsOf(user)).toBe(1);
    expect((await browser.get('/home')).status).toBe(200);
    expect((await browser.get('/sign-in')).location).toBe('/home');
  });

  test('changes the password twice at once: one change, no error', async () => {
    const { user, inside } = await signedIn();
    const form = await inside.form('/settings/password', ['current']);
    const fields = { current: PASSWORD, password: NEW_PASSWORD, repeat: NEW_PASSWORD };
    const both = await Promise.all([
      inside.post('/settings/password', form, fields),
      inside.post('/settings/password', form, fields),
    ]);
    expect(both.every((answer) => answer.status < 500)).toBe(true);
    expect(
      await admin()`select 1 from audit_events where subject_id = ${user.id} and event = 'authn_password_change'`,
    ).toHaveLength(1);
  });
});

test('a form shown to one user is refused after another has signed in', async () => {
  const { tenant, inside } = await signedIn();
  const second = await newUser(tenant, { firstName: 'Second' });
  const form = await inside.form('/settings/profile', ['firstName']);
  inside.jar.delete('__Host-sid');
  await inside.signIn(second.username, PASSWORD);
  const answer = await inside.post('/settings/profile', form, { firstName: 'Mallory' });
  expect(answer.status).toBe(409);
  expect(answer.message).toMatch(/Someone else signed in/);
  expect(await admin()`select 1 from users where tenant_id = ${tenant.id} and first_name = 'Mallory'`).toHaveLength(0);
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}

async function signedIn(): Promise<{ tenant: Tenant; user: Person; inside: Visitor }> {
  const { tenant, user } = await people();
  const inside = at(tenant);
  expect((await inside.signIn(user.username, PASSWORD)).location).toBe('/home');
  return { tenant, user, inside };
}

function at(tenant: Tenant) {
  return visitor({ port: app.port, host: tenant.host });
}

function expectUnavailable(answer: Answer) {
  expect(answer.status).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.text).toMatch(/cannot be reached|very busy/);
  expect(answer.body).not.toMatch(/ECONN|CONNECTION_|no space left|postgres:/);
}

async function sessionsOf(user: Person) {
  return (await admin()`select 1 from sessions where user_id = ${user.id}`).length;
}

async function breakAudit(code: string, words: string) {
  await admin().unsafe(`
    create or replace function break_audit() returns trigger language plpgsql as $$ begin
      raise exception '${words}' using errcode = '${code}'; end $$;
    create trigger broken before insert on audit_events for each row execute function break_audit()`);
}
