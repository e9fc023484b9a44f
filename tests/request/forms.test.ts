import { expect, test } from 'vitest';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { browsersOf } from '@/tests/support/sign-in';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances();
const { at, inSession } = browsersOf(running);

const ROOT = 'gatehouse.test';

test('a form replayed without its session or at another address changes nothing', async () => {
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

test('a form of an older build, or an invented one, is refused without an error', async () => {
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

test('a sign-in form posted from another site opens no session', async () => {
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

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}
