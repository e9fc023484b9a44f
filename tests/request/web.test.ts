import { describe, expect, test } from 'vitest';
import { eventsOf } from '@/tests/support/audit';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { decode, formsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const running = instances();
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const ROOT = 'gatehouse.test';

describe('the page to return to', () => {
  test('is a path of this very address, else Home', async () => {
    const { tenant, user } = await people();
    const sibling = await newTenant();
    const bad = [
      'https://evil.example',
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/%2f/evil.example',
      '/%5cevil.example',
      '/%2F%2Fevil.example',
      '/\t/evil.example',
      '/\n/evil.example',
      '\t//evil.example',
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      '@evil.example',
      '/@evil.example:80@//evil',
      `https://${sibling.host}/home`,
      `https://${tenant.host}@evil.example`,
      '%E0',
      '/%E0%A4%A',
      '/%00',
      'home',
      '',
      `/${'a'.repeat(10_000)}`,
      '/api/session',
      '/_next/x',
      '/sso/start/x?purpose=test',
      '/../../..//evil.example',
      '/.//evil.example',
    ];
    for (const path of bad) {
      const browser = at(tenant);
      const address = `/sign-in?return_to=${encodeURIComponent(path)}`.slice(0, 8000);
      const answer = await browser.submit(address, { username: user.username, password: PASSWORD });
      expect(answer.status).toBe(303);
      const target = new URL(answer.location ?? '', `https://${tenant.host}/sign-in`);
      expect([path, target.host]).toEqual([path, tenant.host]);
      expect([path, target.pathname.startsWith('//')]).toEqual([path, false]);
      if (!path.startsWith('/@') && path !== '/../../..//evil.example')
        expect([path, answer.location]).toEqual([path, '/home']);
      const shown = await browser.get(address);
      expect(new URL(shown.location ?? '', `https://${tenant.host}/`).host).toBe(tenant.host);
    }
    const signIn = { username: user.username, password: PASSWORD };
    const good = encodeURIComponent('/settings/profile?a=%2Fb');
    const answer = await at(tenant).submit(`/sign-in?return_to=${good}`, signIn);
    expect(answer.location).toBe('/settings/profile?a=%2Fb');
    const twice = await at(tenant).submit(`/sign-in?return_to=${good}&return_to=${good}`, signIn);
    expect(twice.location).toBe('/home');
  });

  test('is the page first asked for, through the second factor too', async () => {
    const { tenant, user } = await people();
    const { secret } = await enrolled(tenant, user);
    const browser = at(tenant);
    const asked = await browser.get('/settings/sessions?x=1');
    expect(asked.location).toBe('/sign-in?return_to=%2Fsettings%2Fsessions%3Fx%3D1');
    await browser.submit(asked.location ?? '', { username: user.username, password: PASSWORD });
    expect((await browser.submit('/sign-in/code', { code: codeOf(secret) })).location).toBe('/settings/sessions?x=1');
  });

  test('after a change of language is of this address too', async () => {
    const { tenant } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['locale']);
    const answer = await browser.post('/sign-in', form, { locale: 'fr', from: '//evil.example' });
    expect(new URL(answer.location ?? '', `https://${tenant.host}`).host).toBe(tenant.host);
    const odd = await browser.post('/sign-in', form, { locale: '../../etc/passwd', from: '/sign-in' });
    expect(odd.status).toBeLessThan(500);
    expect((await browser.get('/sign-in')).body).toContain('lang="fr"');
  });
});

describe('a form', () => {
  test('of a signed-in user, replayed without the session or elsewhere, does nothing', async () => {
    const { tenant, user } = await people();
    const inside = await inSession(tenant, user);
    const form = await inside.form('/settings/profile', ['firstName']);
    const outside = at(tenant);
    for (const path of [
      '/settings/profile',
      '/sign-in',
      '/',
      '/api/session',
      '/api/health',
      '/_next/static/x.js',
      '/nowhere',
    ]) {
      const answer = await outside.post(path, { ...form, action: path }, { firstName: 'Mallory' });
      expect([path, answer.status]).toEqual([path, expect.toSatisfy((status) => status < 500)]);
    }
    for (const path of ['/api/health', '/_next/static/x.js', '/nowhere']) {
      await inside.post(path, { ...form, action: path }, { firstName: 'Mallory' });
    }
    await inside.post(
      '/settings/profile',
      form,
      { firstName: 'Mallory' },
      { headers: { origin: 'https://evil.example' } },
    );
    expect(await admin()`select first_name from users where id = ${user.id}`).toEqual([{ first_name: 'Robin' }]);
  });

  test('of an older build, or made up, is refused without an error', async () => {
    const { tenant } = await people();
    const browser = at(tenant);
    const form = await browser.form('/forgot-password', ['username']);
    const stale = (value: string) => value.replace(/[0-9a-f]{40,}/g, (id) => id.replace(/./g, 'a'));
    const fields = form.fields.map(([name, value]) => [stale(name), stale(value)] as [string, string]);
    expect(fields).not.toEqual(form.fields);
    const answer = await browser.post('/forgot-password', { ...form, fields }, { username: 'x' });
    expect(answer.status).toBeLessThan(500);
    expect(answer.setCookies).toEqual([]);
    for (const body of ['', 'x', '------\r\n', '{"a":1}', '\0'.repeat(100)]) {
      for (const type of [
        'multipart/form-data; boundary=x',
        'multipart/form-data',
        'application/x-www-form-urlencoded',
        'text/plain',
        'application/json',
      ]) {
        const odd = await browser.ask('/sign-in', {
          method: 'POST',
          body,
          headers: { origin: browser.origin, 'content-type': type },
        });
        expect([body.slice(0, 9), type, odd.status]).toEqual([
          body.slice(0, 9),
          type,
          expect.toSatisfy((status) => status < 500),
        ]);
      }
    }
    const called = await browser.ask('/sign-in', {
      method: 'POST',
      body: '[]',
      headers: { origin: browser.origin, 'next-action': 'a'.repeat(42), 'content-type': 'text/plain;charset=UTF-8' },
    });
    expect(called.status).toBeLessThan(500);
  });

  test('posted from another site signs nobody in', async () => {
    const { tenant, user } = await people();
    const sibling = await newTenant();
    const attacker = at(tenant);
    const form = await attacker.form('/sign-in', ['username', 'password']);
    const fields = { username: user.username, password: PASSWORD };
    const origins = [
      'https://evil.example',
      `https://${sibling.host}`,
      `https://${ROOT}`,
      `http://${tenant.host}`,
      'null',
      'nonsense',
      '',
    ];
    for (const origin of origins) {
      const answer = await at(tenant).post('/sign-in', form, fields, {
        headers: { origin, 'sec-fetch-site': 'cross-site' },
      });
      expect([origin, answer.status, answer.setCookies]).toEqual([origin, 403, []]);
    }
  });
});

describe('every answer', () => {
  const pages = [
    '/sign-in',
    '/sign-in/code',
    '/forgot-password',
    '/forgot-password/submitted',
    '/reset-password',
    '/home',
    '/',
    '/nowhere',
    '/admin/users',
    '/api/session',
    '/api/health',
    '/confirm-email',
    '/%E0%A4%A',
  ];

  test('has a policy with a nonce of its own, and every script of a page has that nonce', async () => {
    const { tenant, user } = await people();
    const inside = await inSession(tenant, user);
    const nonces = new Set<string>();
    let answers = 0;
    for (const browser of [at(tenant), inside, visitor({ port: running.app().port, host: ROOT })]) {
      for (const path of pages) {
        for (const headers of [{}, { purpose: 'prefetch', 'next-router-prefetch': '1' }, { rsc: '1' }] as Record<
          string,
          string
        >[]) {
          const answer = await browser.get(path, {
            headers: { ...headers, 'x-nonce': 'evil', 'content-security-policy': "script-src 'nonce-evil'" },
          });
          const policy = String(answer.headers['content-security-policy']);
          const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
          expect([path, nonce.length > 20]).toEqual([path, true]);
          expect(policy).toMatch(
            /default-src 'none'.*script-src 'nonce-[^']+' 'strict-dynamic';.*frame-ancestors 'none'.*base-uri 'none'/,
          );
          expect(/script-src[^;]*unsafe/.test(policy)).toBe(false);
          nonces.add(nonce);
          answers += 1;
          if (!/text\/html/.test(String(answer.headers['content-type']))) continue;
          for (const [tag] of answer.body.matchAll(/<script\b[^>]*>/g)) {
            expect([path, tag, tag.includes(`nonce="${nonce}"`) || /type="application\/json"/.test(tag)]).toEqual([
              path,
              tag,
              true,
            ]);
          }
          expect([path, /\son\w+="|style="/.exec(answer.body)?.[0]]).toEqual([path, undefined]);
        }
      }
    }
    expect(nonces.size).toBe(answers);
  });

  test('says how it may be framed, sniffed, kept, and reached', async () => {
    const { tenant, user } = await people();
    const inside = await inSession(tenant, user);
    for (const path of pages) {
      const { headers } = await inside.get(path);
      expect([path, headers]).toEqual([
        path,
        expect.objectContaining({
          'x-content-type-options': 'nosniff',
          'strict-transport-security': 'max-age=31536000; includeSubDomains',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'referrer-policy': expect.stringMatching(/^(strict-origin-when-cross-origin|same-origin|no-referrer)$/),
          'permissions-policy': expect.stringContaining('camera=()'),
          'cache-control': expect.stringContaining('no-store'),
        }),
      ]);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.server).toBeUndefined();
    }
  });

  test('to a strange method is a refusal', async () => {
    const { tenant } = await people();
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const answer = await at(tenant).ask('/sign-in', { method });
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET, HEAD, POST']);
    }
    for (const [path, method] of [
      ['/api/health', 'POST'],
      ['/sign-in/handoff', 'GET'],
      ['/reset-password/x', 'POST'],
    ] as const) {
      const answer = await at(tenant).ask(path, {
        method,
        headers: { origin: `https://${tenant.host}` },
        body: method === 'POST' ? '' : undefined,
      });
      expect([path, answer.status]).toEqual([path, 405]);
    }
    for (const path of ['/sign-in', '/home', '/nowhere']) {
      const answer = await at(tenant).ask(path, { method: 'HEAD' });
      expect([path, answer.status < 500, answer.body]).toEqual([path, true, '']);
    }
  });
});

test('Auth.js serves only this tenant’s session and no sign-in', async () => {
  const { tenant, user } = await people();
  const inside = await inSession(tenant, user);
  expect(JSON.parse((await at(tenant).get('/api/auth/providers')).body)).toEqual({});
  expect(JSON.parse((await at(tenant).get('/api/auth/session')).body)).toBeNull();
  const session = JSON.parse((await inside.get('/api/auth/session')).body);
  expect(session).toEqual({ expires: expect.any(String), user: { id: user.id, name: 'Robin Achterberg' } });
  const abroad = at(await newTenant());
  abroad.jar.set('__Host-sid', inside.jar.get('__Host-sid') ?? '');
  expect(JSON.parse((await abroad.get('/api/auth/session')).body)).toBeNull();
  const gets = [
    'csrf',
    'signin',
    'signout',
    'error?error=<script>',
    'error?error=Configuration',
    'callback/evil',
    'nonsense',
    '..',
    'verify-request',
  ];
  for (const path of gets) {
    const answer = await at(tenant).get(`/api/auth/${path}`);
    expect([path, answer.status < 500, answer.body.includes('<script>')]).toEqual([path, true, false]);
    const target = new URL(answer.location ?? '/', `https://${tenant.host}`);
    expect([path, target.host]).toEqual([path, tenant.host]);
  }
  for (const path of [
    'callback/credentials',
    'signin/credentials',
    'signin/google',
    'session',
    'nonsense',
    'signout',
  ]) {
    const browser = at(tenant);
    const body = `username=${user.username}&password=${encodeURIComponent(PASSWORD)}&callbackUrl=https://evil.example`;
    const headers = { origin: browser.origin, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await browser.ask(`/api/auth/${path}`, { method: 'POST', body, headers });
    expect([path, answer.status < 500, browser.jar.has('__Host-sid')]).toEqual([path, true, false]);
    expect(new URL(answer.location ?? '/', `https://${tenant.host}`).host).toBe(tenant.host);
    const foreign = await inside.ask(`/api/auth/${path}`, {
      method: 'POST',
      body,
      headers: { ...headers, origin: 'https://evil.example' },
    });
    expect([path, foreign.status]).toEqual([path, 403]);
  }
  expect((await inside.get('/home')).status).toBe(200);
});

test('the mailbox and the operator are not there; unknown words in the address are not drawn', async () => {
  const { tenant } = await people();
  for (const path of [
    '/signin',
    '/dev/mailbox',
    '/dev/mailbox/x',
    '/dev/mailbox/x/html',
    '/operator',
    '/api/metrics',
  ]) {
    expect([path, (await at(tenant).get(path)).status]).toEqual([path, 404]);
  }
  for (const query of [
    'reason=<script>alert(1)</script>',
    'reason=__proto__',
    'reason=constructor',
    'reason=a&reason=b',
    'return_to=a&return_to=b',
    'error=<img src=x>',
  ]) {
    const answer = await at(tenant).get(`/sign-in?${encodeURI(query)}`);
    expect([query, answer.status]).toEqual([query, 200]);
    expect(answer.body).not.toMatch(/<script>alert|<img src=x>/);
    expect(answer.text).not.toMatch(/signIn\.|MISSING/);
  }
});

describe('a sign-in from the root domain', () => {
  test('goes on at the tenant’s own address, once, within a minute', async () => {
    const { tenant, user } = await people();
    const root = visitor({ port: running.app().port, host: ROOT });
    const handoff = await handedOver(root, tenant, user);
    expect(root.jar.has('__Host-sid')).toBe(false);
    const browser = at(tenant);
    expect((await take(browser, handoff)).location).toBe('/home');
    expect((await browser.get('/home')).status).toBe(200);
    expect((await take(at(tenant), handoff)).location).toBe('/sign-in?reason=expired');

    const late = await handedOver(root, tenant, user);
    await age('attempts', 61, `user_id = '${user.id}'`);
    expect((await take(at(tenant), late)).location).toBe('/sign-in?reason=expired');
  });

  test('twice at once opens one session; on another address or from another site none', async () => {
    const { tenant, user } = await people();
    const other = await newTenant();
    const root = visitor({ port: running.app().port, host: ROOT });
    const handoff = await handedOver(root, tenant, user);
    expect((await take(at(other), handoff)).location).toBe('/sign-in?reason=expired');
    for (const origin of ['https://evil.example', `https://${tenant.host}`, `https://${other.host}`, 'null']) {
      const answer = await take(at(tenant), handoff, origin);
      expect([origin, answer.location === '/home', answer.setCookies.length]).toEqual([origin, false, 0]);
    }
    const both = await Promise.all([take(at(tenant), handoff), take(at(tenant), handoff)]);
    expect(both.filter((answer) => answer.location === '/home')).toHaveLength(1);
    expect(await eventsOf(tenant, 'authn_login_handoff')).toHaveLength(1);
  });

  test('still asks for the second factor, and fails alike for whatever is wrong', async () => {
    const { tenant, user } = await people();
    const { secret } = await enrolled(tenant, user);
    const root = visitor({ port: running.app().port, host: ROOT });
    const browser = at(tenant);
    expect((await take(browser, await handedOver(root, tenant, user))).location).toBe('/sign-in/code');
    expect((await browser.submit('/sign-in/code', { code: codeOf(secret) })).location).toBe('/home');
    const told = new Set<string | undefined>();
    for (const [username, password] of [
      [`${user.extension}-${tenant.slug}`, 'wrong one'],
      [`9999-${tenant.slug}`, 'wrong one'],
      ['201-no-such-account', 'wrong one'],
      ['201', 'wrong one'],
      [user.username, 'wrong one'],
      ['201-', 'wrong one'],
    ] as const) {
      const answer = await root.submit('/find', { username, password });
      expect(answer.status).toBe(200);
      told.add(answer.message);
    }
    expect([...told]).toEqual(['The username or password is not right. Check both and try again.']);
  });

  test('finds an account in whatever case, and never one that is not there', async () => {
    const tenant = await newTenant({ accountId: 'Acme-West-9' });
    const root = visitor({ port: running.app().port, host: ROOT });
    expect((await root.submit('/find', { accountId: ' ACME-west-9 ' })).location).toBe(
      `https://${tenant.host}/sign-in`,
    );
    for (const accountId of [
      'nobody-here',
      'evil.example',
      '//evil.example',
      'admin',
      'a.b',
      "' or 1=1",
      '../..',
      'acme west',
    ]) {
      const answer = await root.submit('/find', { accountId });
      expect([accountId, answer.status, answer.location]).toEqual([accountId, 200, undefined]);
    }
  });
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}

async function inSession(tenant: Tenant, user: Person): Promise<Visitor> {
  const browser = at(tenant);
  expect((await browser.signIn(user.username, user.password)).location).toBe('/home');
  return browser;
}

function at(tenant: Tenant) {
  return visitor({ port: running.app().port, host: tenant.host });
}

/** Returns the token that the root domain's page gives the browser to post to the tenant's. */
async function handedOver(root: Visitor, tenant: Tenant, user: Person) {
  const username = `${user.extension}-${tenant.slug}`;
  const { body, message } = await root.submit('/find', { username, password: user.password });
  const form = formsIn(body).find(({ action }) => action.endsWith('/sign-in/handoff'));
  if (!form) throw new Error(`no handoff: ${message}`);
  expect(decode(form.action)).toBe(`https://${tenant.host}/sign-in/handoff`);
  return form.fields.find(([name]) => name === 'token')?.[1] ?? '';
}

function take(browser: Visitor, token: string, origin = `https://${ROOT}`) {
  return browser.ask('/sign-in/handoff', {
    method: 'POST',
    body: new URLSearchParams({ token }).toString(),
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
  });
}

test('Home is Home, or nowhere, however its address is written', async () => {
  const { tenant, user } = await people();
  const browser = at(tenant);
  await browser.submit('/sign-in', { username: user.username, password: PASSWORD });
  for (const path of ['/', '/?', '/home', '/home?x=1', '/index', '/./home', '/x/../home', '/%2e/home'])
    expect([path, (await browser.get(path)).status]).toEqual([path, 200]);
  for (const path of ['/%68ome', '/HOME', '/home.rsc', '/home/index'])
    expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
});
