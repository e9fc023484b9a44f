import { expect, test } from 'vitest';
import { instances } from '@/tests/support/instances';
import { browsersOf } from '@/tests/support/sign-in';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances();
const { at, inSession } = browsersOf(running);

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

test('a tenant has no mailbox or operator pages, and shows no unknown words of an address', async () => {
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

test('every spelling of the address of Home shows Home or is not found', async () => {
  const { tenant, user } = await people();
  const browser = at(tenant);
  await browser.submit('/sign-in', { username: user.username, password: PASSWORD });
  for (const path of ['/', '/?', '/home', '/home?x=1', '/index', '/./home', '/x/../home', '/%2e/home'])
    expect([path, (await browser.get(path)).status]).toEqual([path, 200]);
  for (const path of ['/%68ome', '/HOME', '/home.rsc', '/home/index'])
    expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}
