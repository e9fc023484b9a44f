import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { fieldErrorsIn, formsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

/**
 * The form of the sign-in page is read before Next sees it: what reaches it is whatever anybody
 * sends.
 */

const running = instances(1, { LOG_LEVEL: 'info' });
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const URL_ENCODED = 'application/x-www-form-urlencoded';
const WRONG = 'The username or password is not right. Check both and try again.';

test('a wrong password looks the tenant and session up once, for its answer and for its page', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const browser = at(tenant);
  const form = await browser.form('/sign-in', ['username', 'password']);
  const definition = await countLookUps();
  try {
    const before = await lookUps();
    const answer = await browser.post('/sign-in', form, { username: user.username, password: 'wrong one' });
    expect(answer.text).toContain(WRONG);
    expect((await lookUps()) - before).toBe(1);
  } finally {
    await admin().unsafe(definition);
  }
});

describe('the fields', () => {
  test.each([
    ['what stands for something in a form', 'a+b&c=d%20e %zz ?#;'],
    ['other scripts', 'пароль 🔑 mot de passe é'],
    ['spaces at both ends', '  quiet otter lagoon  '],
  ])('a password with %s is the one that was typed', async (_, password) => {
    const tenant = await newTenant();
    const user = await newUser(tenant, { password });
    expect((await at(tenant).signIn(user.username, password)).location).toBe('/home');
    expect((await at(tenant).signIn(user.username, password.trim().slice(1))).message).toBe(WRONG);
  });

  test('fields sent twice, misnamed, broken or missing open no session and are named', async () => {
    const { tenant, user } = await people();
    const right = `username=${user.username}&password=${encodeURIComponent(PASSWORD)}`;
    for (const body of [
      '',
      '&&&===',
      `username=${user.username}`,
      `username=&password=x`,
      `${right}&password=other`,
      `${right}&username=other`,
      `username[]=${user.username}&password[]=x`,
      `__proto__=x&constructor=y&username=%20&password=x`,
      `${right}%00`,
      `%ff%fe=%ff&${'%'.repeat(500)}`,
      JSON.stringify({ username: user.username, password: PASSWORD }),
    ]) {
      const answer = await send(tenant, body);
      expect([body, answer.status < 500, answer.setCookies]).toEqual([body, true, []]);
      expect(signInForm(answer.body)).toBeDefined();
    }
    const empty = await send(tenant, 'username=milo&password=');
    expect([empty.status, fieldErrorsIn(empty.body)]).toEqual([400, { password: 'Fill this in.' }]);
    expect((await send(tenant, right)).location).toBe('/home');
  });

  test('by the ten thousand cost no more than their bytes', async () => {
    const { tenant, user } = await people();
    const names = Array.from({ length: 12_000 }, (_, at) => at.toString(36)).join('&');
    const answer = await send(tenant, `${names}&username=${user.username}&password=x`);
    expect([answer.status, answer.message]).toEqual([200, WRONG]);
    expect(answer.ms).toBeLessThan(1500);
    // What nobody asked for is not given back.
    expect(answer.body.length).toBeLessThan(20_000);
  });

  test('in another encoding, or by an action that is not there, are no sign-in', async () => {
    const { tenant, user } = await people();
    const fields = `username=${user.username}&password=${encodeURIComponent(PASSWORD)}`;
    const parts = [`name="username"\r\n\r\n${user.username}`, `name="password"\r\n\r\n${PASSWORD}`];
    const multipart = `${parts.map((part) => `--x\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--x--\r\n`;
    for (const [type, body, extra] of [
      ['multipart/form-data; boundary=x', multipart, {}],
      ['text/plain', fields, {}],
      [`${URL_ENCODED}-not`, fields, {}],
      [URL_ENCODED, fields, { 'next-action': 'a'.repeat(42) }],
    ] as const) {
      const answer = await send(tenant, body, { 'content-type': type, ...extra });
      expect([type, answer.status < 500, answer.setCookies]).toEqual([type, true, []]);
    }
    expect((await send(tenant, fields, { 'content-type': `${URL_ENCODED}; charset=UTF-8` })).location).toBe('/home');
  });
});

describe('who sends it', () => {
  test('without an Origin is asked to open the page, and nothing is checked', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const answer = await browser.ask('/sign-in', {
      method: 'POST',
      body: `username=${user.username}&password=${encodeURIComponent(PASSWORD)}`,
      headers: { 'content-type': URL_ENCODED },
    });
    expect([answer.status, answer.setCookies]).toEqual([403, []]);
    expect(answer.message).toBe('This form was not sent from our own page, so nothing was done. Open the page again.');
    const [row] = await admin()`select count(*)::int as count from throttles where tenant_id = ${tenant.id}`;
    expect(row?.count).toBe(0);
  });

  test('a browser that disconnects in the middle leaves nothing open', async () => {
    const { tenant, user } = await people();
    const head = [
      'POST /sign-in HTTP/1.1',
      `Host: ${tenant.host}`,
      `Origin: https://${tenant.host}`,
      `Content-Type: ${URL_ENCODED}`,
      'Content-Length: 400',
    ];
    await new Promise((resolve) => {
      const socket = connect(running.app().port, '127.0.0.1', () => {
        socket.write(`${head.join('\r\n')}\r\n\r\nusername=${user.username}&passw`, () => socket.destroy());
      });
      socket.on('close', resolve);
    });
    await expect
      .poll(() => running.app().output())
      .toMatch(new RegExp(`${tenant.host}","method":"POST","path":"/sign-in","ms"`));
    expect(running.app().output()).not.toContain('"alert"');
    const [row] = await admin()`
      select (select count(*) from throttles where tenant_id = ${tenant.id})::int as tries,
        (select count(*) from sessions where tenant_id = ${tenant.id})::int as sessions`;
    expect(row).toEqual({ tries: 0, sessions: 0 });
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
  });

  test('keeps the current session and shows the error when another name is mistyped', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['username', 'password']);
    await browser.post('/sign-in', form, { username: user.username, password: PASSWORD });
    const answer = await browser.post('/sign-in', form, { username: 'somebody', password: 'else' });
    expect([answer.message, answer.setCookies]).toEqual([WRONG, []]);
    expect((await browser.get('/home')).status).toBe(200);
  });
});

test('a failure keeps the name and the page first asked for, and never the password', async () => {
  const { tenant, user } = await people();
  const browser = at(tenant);
  const wanted = '/settings/profile?from=a%20link';
  const address = `/sign-in?reason=idle&return_to=${encodeURIComponent(wanted)}`;
  const failed = await browser.submit(address, { username: user.username, password: 'not quite it' });
  expect([failed.status, failed.message]).toEqual([200, WRONG]);
  expect(failed.body).not.toContain('not quite it');
  const again = signInForm(failed.body);
  if (!again) throw new Error('no form to try again with');
  expect(Object.fromEntries(again.fields)).toEqual({ username: user.username, password: '' });
  const answer = await browser.post(address, again, { password: PASSWORD });
  expect([answer.status, answer.location]).toEqual([303, wanted]);
  expect(answer.headers['cache-control']).toContain('no-store');
});

test('an unexpected error is an error page without a cookie, and is logged', async () => {
  const { tenant, user } = await people();
  await admin()`alter function complete_together(uuid, uuid[], json) rename to complete_together_elsewhere`;
  try {
    const answer = await at(tenant).signIn(user.username, PASSWORD);
    expect([answer.status, answer.setCookies]).toEqual([500, []]);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.text).toContain('Something went wrong');
    expect(answer.body).not.toMatch(/complete_together|42883/);
    await expect.poll(() => running.app().output()).toMatch(/"alert":"request failed".*42883/);
  } finally {
    await admin()`alter function complete_together_elsewhere rename to complete_together`;
  }
  expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
});

test('once passwords are hidden, an older form leads to the provider buttons with its message', async () => {
  const tenant = await newTenant({ entitlements: ['security-policies', 'single-sign-on'] });
  await newConnection(tenant, { state: 'instead' });
  for (const body of ['username=milo&password=x', `username=milo&password=${'x'.repeat(5000)}`, 'username=milo', '']) {
    const answer = await send(tenant, body);
    expect([answer.status, answer.location]).toEqual([303, '/sign-in?reason=single-sign-on&return_to=']);
  }
  const answer = await at(tenant).ask('/sign-in', {
    method: 'POST',
    body: 'username=milo&password=x',
    headers: { 'content-type': URL_ENCODED },
  });
  expect([answer.status, signInForm(answer.body)]).toEqual([403, undefined]);
  expect(answer.text).toContain('This form was not sent from our own page, so nothing was done.');
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}

function at(tenant: Tenant) {
  return visitor({ port: running.app().port, host: tenant.host });
}

function send(tenant: Tenant, body: string, headers: Record<string, string> = {}) {
  const browser = at(tenant);
  return browser.ask('/sign-in', {
    method: 'POST',
    body,
    headers: { 'content-type': URL_ENCODED, origin: browser.origin, ...headers },
  });
}

function signInForm(page: string) {
  return formsIn(page).find(({ fields }) => fields.some(([name]) => name === 'password'));
}

/** Lets find_session count its calls. Returns the definition that it had. */
async function countLookUps() {
  const [row] = await admin()<{ definition: string }[]>`
    select pg_get_functiondef('find_session'::regproc) as definition`;
  if (!row) throw new Error('find_session is missing');
  await admin()`create sequence look_ups`;
  await admin()`grant usage on sequence look_ups to public`;
  await admin().unsafe(row.definition.replace(/\bBEGIN\b/, "BEGIN PERFORM nextval('look_ups');"));
  return row.definition;
}

async function lookUps() {
  const [row] = await admin()<{ count: number }[]>`
    select case when is_called then last_value else 0 end::int as count from look_ups`;
  return row?.count ?? 0;
}
