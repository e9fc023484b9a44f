import { describe, expect, test } from 'vitest';
import { PROVIDER } from '@/lib/audit/provider';
import { verifyAudit } from '@/lib/audit/verify';
import { disableOperator, resetOperatorPassword, resetOperatorSecondFactor } from '@/lib/operators/operators';
import { eventsOf } from '@/tests/support/audit';
import { visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { fieldErrorsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import {
  newOperator,
  type Operator,
  operatorCause,
  operatorCodes,
  operatorHost,
  operatorSession,
} from '@/tests/support/operators';
import { codeOf, wrongCode } from '@/tests/support/totp';
import { NEW_PASSWORD, newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances(2);
const SESSION = '__Host-sid';
const PENDING = '__Host-pl';
const CODE = /<li>[0-9a-z]{5}-[0-9a-z]{5}<\/li>/g;
const WRONG = 'The username or password is not right. Check both and try again.';

const PAGES = [
  '/operator',
  '/operator/tenants/new',
  '/operator/operators',
  '/operator/audit',
  '/operator/account',
  '/operator/recovery-codes',
];

test('the form for a new tenant refuses an account ID that is an encoded name', async () => {
  const inside = await signedIn(await newOperator());
  for (const accountId of ['xn--80ak6aa92e', 'XN--Caf-dma']) {
    const answer = await inside.submit('/operator/tenants/new', { ...NEW_TENANT, accountId });
    expect(fieldErrorsIn(answer.body).accountId).toContain('without hyphens in positions 3 and 4');
  }
  expect(await admin()`select 1 from tenants where slug like 'xn--%'`).toEqual([]);
});

const NEW_TENANT = {
  name: 'Acme',
  locale: 'en',
  timeZone: 'America/Toronto',
  userLimit: '',
  firstName: 'Dana',
  lastName: 'Roy',
  username: 'dana',
  email: 'dana@x.example',
};

describe('the address of the console', () => {
  test('is one host’s alone: nowhere else is there a console, and nothing else is there', async () => {
    const tenant = await newTenant();
    const operator = await newOperator();
    for (const host of [tenant.host, 'gatehouse.test']) {
      const elsewhere = visitor({ port: running.app().port, host });
      elsewhere.jar.set(SESSION, await operatorSession(operator));
      for (const path of [...PAGES, '/operator/sign-in', '/operator/session', '/operator/audit/export']) {
        const answer = await elsewhere.get(path);
        expect([host, path, answer.status]).toEqual([host, path, 404]);
      }
    }
    const inside = await signedIn(operator);
    for (const path of ['/home', '/sign-in', '/find', '/admin/users', '/settings/profile', '/forgot-password']) {
      expect([path, (await inside.get(path)).status]).toEqual([path, 404]);
    }
    expect((await inside.get('/')).text).toContain('Tenants');
  });

  test('asks visitors without a session to sign in, and reveals nothing', async () => {
    await newTenant({ name: 'Secret Customer' });
    const stranger = atConsole();
    for (const path of PAGES) {
      const answer = await stranger.get(path);
      expect([path, answer.location?.split('?')[0]]).toEqual([path, '/operator/sign-in']);
      expect(answer.body).not.toContain('Secret Customer');
    }
    expect((await stranger.get('/operator/session')).body).toBe('{"live":false,"msLeft":0}');
  });

  test('takes no tenant’s cookie, and no tenant takes an operator’s', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant, { role: 'administrator' });
    const browser = visitor({ port: running.app().port, host: tenant.host });
    await browser.signIn(user.username, PASSWORD);
    const stranger = atConsole();
    stranger.jar.set(SESSION, browser.jar.get(SESSION) ?? '');
    expect((await stranger.get('/operator')).location).toContain('/operator/sign-in');
    browser.jar.set(SESSION, await operatorSession(await newOperator()));
    expect((await browser.get('/admin/users')).location).toContain('/sign-in');
  });
});

describe('signing in', () => {
  test('needs a second factor, always: the first sign-in sets it up, each step under another token', async () => {
    const operator = await newOperator({ enrolled: false });
    const browser = atConsole();
    const first = await passwordOf(
      browser,
      operator,
      '/operator/sign-in?return_to=%2Foperator%2Faudit%3Fevent%3Duser_create',
    );
    expect(first.location).toBe('/operator/sign-in/enroll');
    expect(browser.jar.has(SESSION)).toBe(false);
    const pending = browser.jar.get(PENDING);
    expect((await browser.get('/operator')).location).toContain('/operator/sign-in');
    expect((await browser.get('/operator/sign-in/code')).location).toBe('/operator/sign-in/enroll');
    const page = await browser.get('/operator/sign-in/enroll');
    const secret = /data-manual-key[^>]*>([\s\S]*?)<\/p>/.exec(page.body)?.[1]?.replace(/<[^>]+>|\s/g, '') ?? '';
    const done = await browser.submit('/operator/sign-in/enroll', { code: codeOf(secret) });
    const codes = done.location ?? '';
    expect(codes).toBe('/operator/recovery-codes?return_to=%2Foperator%2Faudit%3Fevent%3Duser_create');
    expect(browser.jar.get(SESSION)).not.toBe(pending);
    expect((await browser.get('/operator')).status).toBe(200);
    expect((await browser.get(codes)).body.match(CODE)).toHaveLength(10);
    expect((await browser.submit(codes, {}, { button: 'I have kept' })).location).toBe(
      '/operator/audit?event=user_create',
    );
    expect((await browser.get('/operator/recovery-codes')).location).toBe('/operator');
    const events = (await eventsOf({ id: PROVIDER })).filter((event) => event.subject_id === operator.id);
    expect(events.map(({ event }) => event)).toEqual([
      'user_create',
      'authn_second_factor_enrol',
      'authn_login_success',
    ]);
    const stored = JSON.stringify(await admin()`select * from operators where id = ${operator.id}`);
    expect(stored).not.toContain(secret);
  });

  test('with a code: of twenty at once one opens a session, and it opens none again', async () => {
    const operator = await newOperator();
    const browser = atConsole();
    expect((await passwordOf(browser, operator)).location).toBe('/operator/sign-in/code');
    const form = await browser.form('/operator/sign-in/code', ['code']);
    const code = codeOf(operator.secret);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => {
        const one = atConsole(at);
        one.jar.set(PENDING, browser.jar.get(PENDING) ?? '');
        return one.post('/operator/sign-in/code', form, { code });
      }),
    );
    expect(answers.filter(({ location }) => location === '/operator')).toHaveLength(1);
    const [sessions] = await admin()`select count(*)::int from operator_sessions where operator_id = ${operator.id}`;
    expect(sessions?.count).toBe(1);
    const again = atConsole();
    await passwordOf(again, operator);
    expect((await again.submit('/operator/sign-in/code', { code })).location).not.toBe('/operator');
  });

  test('with a recovery code: of twenty at once, on two instances, one opens a session, and it opens none again', async () => {
    const operator = await newOperator();
    const [code = ''] = await operatorCodes(operator);
    const browser = atConsole();
    await passwordOf(browser, operator);
    expect((await browser.get('/operator/sign-in/code')).body).toContain('href="/operator/sign-in/recovery-code"');
    const form = await browser.form('/operator/sign-in/recovery-code', ['code']);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => {
        const one = visitor({ port: running.app(at % 2).port, host: operatorHost(), from: `127.0.8.${at + 1}` });
        one.jar.set(PENDING, browser.jar.get(PENDING) ?? '');
        return one.post('/operator/sign-in/recovery-code', form, { code });
      }),
    );
    expect(answers.filter(({ location }) => location === '/operator')).toHaveLength(1);
    const [sessions] = await admin()`select count(*)::int from operator_sessions where operator_id = ${operator.id}`;
    expect(sessions?.count).toBe(1);
    const again = atConsole();
    await passwordOf(again, operator);
    const spent = await again.submit('/operator/sign-in/recovery-code', { code });
    expect(spent.message).toBe('That recovery code is not right, or it has been used.');
    expect(again.jar.has(SESSION)).toBe(false);
  });

  test('continues to the requested page, and never to another host', async () => {
    const operator = await newOperator();
    for (const [asked, led] of [
      ['/operator/operators', '/operator/operators'],
      ['//evil.example', '/operator'],
      ['/home', '/operator'],
      ['https://evil.example/operator', '/operator'],
    ] as const) {
      await admin()`update operators set last_step = 0 where id = ${operator.id}`;
      const browser = atConsole();
      await passwordOf(browser, operator, `/operator/sign-in?return_to=${encodeURIComponent(asked)}`);
      const answer = await browser.submit('/operator/sign-in/code', { code: codeOf(operator.secret) });
      expect([asked, answer.location]).toEqual([asked, led]);
    }
  });

  test('fails in the same way for a wrong password, an unknown name and a disabled operator, five times each', async () => {
    const known = await newOperator();
    const sentAway = await newOperator();
    await disableOperator(sentAway.id, operatorCause);
    for (const username of [known.username, 'nobody-here', sentAway.username]) {
      const browser = atConsole();
      const messages: (string | undefined)[] = [];
      for (let index = 0; index < 6; index++) {
        const password = username === sentAway.username ? PASSWORD : 'not the password';
        messages.push((await browser.submit('/operator/sign-in', { username, password })).message);
      }
      expect(messages.slice(0, 4)).toEqual(Array(4).fill(WRONG));
      expect(messages[4]).toContain('Wait 15 minutes');
      expect(messages[5]).toContain('Wait 15 minutes');
    }
    const right = await passwordOf(atConsole(), known);
    expect(right.message).toContain('Wait 15 minutes');
    await age('throttles', 15 * 60 + 1, `tenant_id = '${PROVIDER}'`);
    expect((await passwordOf(atConsole(), known)).location).toBe('/operator/sign-in/code');
  });

  test('a browser an operator has used keeps its own tries, so strangers cannot lock it out', async () => {
    const operator = await newOperator();
    const own = await signedIn(operator);
    own.jar.delete(SESSION);
    for (let index = 0; index < 5; index++) await passwordOf(atConsole(9), { ...operator, password: 'x' });
    expect((await passwordOf(atConsole(9), operator)).message).toContain('Wait');
    expect((await passwordOf(own, operator)).location).toBe('/operator/sign-in/code');
  });

  test('five wrong codes close the second step, over several pending sign-ins', async () => {
    const operator = await newOperator();
    const code = wrongCode(operator.secret);
    let last: string | undefined;
    for (let index = 0; index < 3; index++) {
      const browser = atConsole();
      await passwordOf(browser, operator);
      for (let tried = 0; tried < 2; tried++) last = (await browser.submit('/operator/sign-in/code', { code })).message;
    }
    expect(last).toContain('Wait 15 minutes');
    const browser = atConsole();
    await passwordOf(browser, operator);
    const right = await browser.submit('/operator/sign-in/code', { code: codeOf(operator.secret) });
    expect([right.location, browser.jar.has(SESSION)]).toEqual([undefined, false]);
  });

  test('an attempt ends when the second factor is reset, the operator is disabled, or after ten minutes', async () => {
    const changes = [
      (id: string) => resetOperatorSecondFactor(id, operatorCause),
      (id: string) => disableOperator(id, operatorCause),
      (id: string) => age('operator_attempts', 601, `operator_id = '${id}'`),
    ];
    for (const change of changes) {
      const operator = await newOperator();
      const browser = atConsole();
      await passwordOf(browser, operator);
      const form = await browser.form('/operator/sign-in/code', ['code']);
      await change(operator.id);
      const answer = await browser.post('/operator/sign-in/code', form, { code: codeOf(operator.secret) });
      expect(answer.location).toBe('/operator/sign-in?reason=expired');
    }
  });

  test('with a temporary password works once, and requires a new password after the second factor', async () => {
    const operator = await newOperator();
    const told = await resetOperatorPassword(operator.id, operatorCause);
    if (!told.ok) throw new Error(told.error);
    const password = told.temporaryPassword;
    const browser = atConsole();
    await browser.submit('/operator/sign-in', { username: operator.username, password });
    const coded = await browser.submit('/operator/sign-in/code', { code: codeOf(operator.secret) });
    expect([coded.location, browser.jar.has(SESSION)]).toEqual(['/operator/sign-in/new-password', false]);
    expect((await browser.get('/operator')).location).toContain('/operator/sign-in');
    const short = await browser.submit('/operator/sign-in/new-password', { password: 'short', repeat: 'short' });
    expect(short.text).toContain('At least 12 characters');
    const chosen = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };
    expect((await browser.submit('/operator/sign-in/new-password', chosen)).location).toBe('/operator');
    const again = await atConsole().submit('/operator/sign-in', { username: operator.username, password });
    expect(again.message).toBe(WRONG);
  });
});

describe('a session of an operator', () => {
  test('a locked session row delays no request', async () => {
    const operator = await newOperator();
    const inside = await signedIn(operator);
    await age('operator_sessions', 2 * 60, `operator_id = '${operator.id}'`);
    await admin().begin(async (tx) => {
      await tx`select 1 from operator_sessions where operator_id = ${operator.id} for update`;
      const answers = await Promise.all([1, 2, 3].map(() => inside.get('/operator')));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    });
  });

  test('ends after half an hour idle, which polls and prefetches do not slide, and after eight hours in any case', async () => {
    const operator = await newOperator();
    const idle = await signedIn(operator);
    await age('operator_sessions', 29 * 60, `operator_id = '${operator.id}'`);
    await idle.get('/operator/session');
    await idle.get('/operator', { headers: { 'next-router-prefetch': '1' } });
    await age('operator_sessions', 2 * 60, `operator_id = '${operator.id}'`);
    expect((await idle.get('/operator')).location).toBe('/operator/sign-in?reason=idle');

    const other = await newOperator();
    const busy = await signedIn(other);
    for (let slices = 0; slices < 16; slices++) {
      await age('operator_sessions', 29 * 60, `operator_id = '${other.id}'`);
      expect((await busy.get('/operator')).status).toBe(200);
    }
    await age('operator_sessions', 17 * 60, `operator_id = '${other.id}'`);
    expect((await busy.get('/operator')).location).toBe('/operator/sign-in?reason=absolute');
  });

  test('has a token that is stored only hashed and never chosen by the client', async () => {
    const operator = await newOperator();
    await operatorSession(operator);
    const [row] = await admin()<{ token_hash: Buffer }[]>`
      select token_hash from operator_sessions where operator_id = ${operator.id}`;
    for (const token of [row?.token_hash.toString('base64url') ?? '', 'A'.repeat(43), 'x', '%00', 'A'.repeat(8000)]) {
      const stranger = atConsole();
      stranger.jar.set(SESSION, token);
      expect((await stranger.get('/operator')).location).toContain('/operator/sign-in');
    }
  });

  test('ends at the next request of one who is sent away, and with signing out', async () => {
    const [away, out] = [await newOperator(), await newOperator()];
    const [one, two] = [await signedIn(away), await signedIn(out)];
    await disableOperator(away.id, operatorCause);
    expect((await one.get('/operator')).location).toContain('/operator/sign-in');
    const token = two.jar.get(SESSION) ?? '';
    await two.submit('/operator', {}, { button: 'Sign out' });
    two.jar.set(SESSION, token);
    expect((await two.get('/operator')).location).toContain('/operator/sign-in');
  });

  test('a changed password leaves this session under a new token and no other', async () => {
    const operator = await newOperator();
    const [here, there] = [await signedIn(operator), atConsole()];
    there.jar.set(SESSION, await operatorSession(operator));
    const before = here.jar.get(SESSION);
    const wrong = { current: 'not it', password: NEW_PASSWORD, repeat: NEW_PASSWORD };
    expect((await here.submit('/operator/account', wrong)).text).toContain('That is not your current password');
    const changed = await here.submit('/operator/account', { ...wrong, current: PASSWORD });
    expect(changed.message).toContain('Your password is changed');
    expect(here.jar.get(SESSION)).not.toBe(before);
    expect((await here.get('/operator')).status).toBe(200);
    expect((await there.get('/operator')).location).toContain('/operator/sign-in');
  });
});

describe('what an operator does', () => {
  test('counts only from a page of the console that was shown to the same operator', async () => {
    const tenant = await newTenant();
    const [one, two] = [await signedIn(await newOperator()), await signedIn(await newOperator())];
    const path = `/operator/tenants/${tenant.id}`;
    const form = await one.form(path, ['tenant'], 'Suspend');
    expect((await one.post(path, form, {}, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await two.post(path, form, {})).status).toBe(409);
    expect((await atConsole().post(path, form, {})).location).toContain('/operator/sign-in');
    expect(await statusOf(tenant)).toBe('active');
  });

  test('to something that is not there is 404, and noted', async () => {
    const operator = await newOperator();
    const browser = await signedIn(operator);
    const tenant = await newTenant();
    const path = `/operator/tenants/${tenant.id}`;
    for (const id of ['00000000-0000-4000-8000-000000000000', 'x', "' or 1=1", '../..']) {
      expect((await browser.get(`/operator/tenants/${encodeURIComponent(id)}`)).status).toBe(404);
      const form = await browser.form(path, ['tenant'], 'Suspend');
      expect((await browser.post(path, form, { tenant: id })).status).toBe(404);
    }
    const refused = (await eventsOf({ id: PROVIDER }, 'authz_fail')).filter((event) => event.actor_id === operator.id);
    expect(refused).toHaveLength(4);
  });

  test('suspending ends all sessions at once on every instance; resuming allows sign-in again', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const person = visitor({ port: running.app(1).port, host: tenant.host });
    await person.signIn(user.username, PASSWORD);
    const browser = await signedIn(await newOperator());
    const path = `/operator/tenants/${tenant.id}`;
    const answer = await browser.submit(path, { tenant: tenant.id }, { button: 'Suspend' });
    expect(answer.message).toBe('Suspended. 1 session has ended.');
    expect((await person.get('/home')).status).toBe(403);
    const [left] = await admin()`select count(*)::int from sessions where tenant_id = ${tenant.id}`;
    expect(left?.count).toBe(0);
    await browser.submit(path, { tenant: tenant.id }, { button: 'Resume' });
    expect((await person.get('/home')).location).toContain('/sign-in');
    expect((await person.signIn(user.username, PASSWORD)).location).toBe('/home');
    expect((await eventsOf(tenant, 'tenant_suspend'))[0]).toMatchObject({
      actor_id: null,
      detail: { operator: true, ended: 1 },
    });
  });

  test('what is not switched on, a tenant does not see', async () => {
    const tenant = await newTenant({ entitlements: ['security-policies'] });
    const dana = await newUser(tenant, { role: 'administrator' });
    const person = visitor({ port: running.app().port, host: tenant.host });
    await person.signIn(dana.username, PASSWORD);
    expect((await person.get('/admin/users')).body).toContain('/admin/security');
    const browser = await signedIn(await newOperator());
    const path = `/operator/tenants/${tenant.id}`;
    const fields = { 'security-policies': undefined, 'single-sign-on': 'on', phone: undefined };
    const form = await browser.form(path, ['security-policies']);
    expect((await browser.post(path, form, fields)).message).toContain('Saved');
    const page = await person.get('/admin/users');
    expect([page.body.includes('/admin/security"'), page.body.includes('/admin/single-sign-on"')]).toEqual([
      false,
      true,
    ]);
  });

  test('a tenant’s page shows numbers and no names, and the console never opens a session in a tenant', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant, { firstName: 'Wilhelmina', lastName: 'Featherstonehaugh' });
    await visitor({ port: running.app().port, host: tenant.host }).signIn(user.username, PASSWORD);
    const browser = await signedIn(await newOperator());
    const page = await browser.get(`/operator/tenants/${tenant.id}`);
    expect(page.text).toContain('1 active, 0 disabled');
    expect(page.text).toContain('1 sign-in and no failures in 30 days');
    for (const secret of ['Wilhelmina', 'Featherstonehaugh', user.username, user.email ?? '', user.id])
      expect(page.body).not.toContain(secret);
    expect(page.body).not.toContain(`href="https://${tenant.host}`);
  });

  test('an export is asked for by a form, is whole, and holds no secret', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const operator = await newOperator();
    const browser = await signedIn(operator);
    const path = `/operator/tenants/${tenant.id}/export`;
    expect((await browser.get(path)).status).toBe(405);
    const form = await browser.form(`/operator/tenants/${tenant.id}`, ['as'], 'Download the export');
    const forged = await browser.post(path, { ...form, action: path }, { as: user.id });
    expect(forged.status).toBe(403);
    const answer = await browser.post(path, form, {});
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${tenant.slug}.jsonl"`);
    const lines = answer.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['tenant', 'policy', 'user', 'event']));
    expect(lines.find(({ kind }) => kind === 'user')).toMatchObject({ username: user.username, hasPassword: true });
    expect(answer.body).not.toMatch(/argon2|hash|mac"|secret"|sealed|token/i);
    expect(lines.filter(({ kind }) => kind === 'event').at(-1)).toMatchObject({
      event: 'tenant_export',
      detail: { operator: true },
    });
  });

  test('two who send each other away do not both succeed, and the last one stays', async () => {
    await admin()`update operators set status = 'disabled'`;
    const [one, two] = [await newOperator(), await newOperator()];
    const both = await Promise.all([
      disableOperator(two.id, { ...operatorCause, actorId: one.id }),
      disableOperator(one.id, { ...operatorCause, actorId: two.id }),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await disableOperator(one.id, { ...operatorCause, actorId: one.id })).toMatchObject({ error: 'yourself' });
  });

  test('is recorded in an intact chain', async () => {
    expect(await verifyAudit(PROVIDER)).toMatchObject({ ok: true });
    const events = await eventsOf({ id: PROVIDER });
    expect(events.length).toBeGreaterThan(20);
    expect(JSON.stringify(events)).not.toContain(PASSWORD);
  });
});

async function statusOf(tenant: { id: string }) {
  const [row] = await admin()`select status from tenants where id = ${tenant.id}`;
  return row?.status;
}

/** Types name and password at the door of the console. */
function passwordOf(
  browser: ReturnType<typeof atConsole>,
  { username, password }: Pick<Operator, 'username' | 'password'>,
  path = '/operator/sign-in',
) {
  return browser.submit(path, { username, password });
}

/** A browser at the console. */
function atConsole(at = 0) {
  return visitor({ port: running.app().port, host: operatorHost(), from: `127.0.8.${at + 1}` });
}

/** A browser in which an operator has signed in, password and code. */
async function signedIn(operator: Operator) {
  await admin()`update operators set last_step = 0 where id = ${operator.id}`;
  const browser = atConsole();
  await browser.submit('/operator/sign-in', { username: operator.username, password: operator.password });
  const answer = await browser.submit('/operator/sign-in/code', { code: codeOf(operator.secret) });
  if (answer.location !== '/operator') throw new Error(`no session: ${answer.text.slice(0, 200)}`);
  return browser;
}
