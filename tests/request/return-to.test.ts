import { expect, test } from 'vitest';
import { visitor } from '@/tests/support/browser';
import { instances } from '@/tests/support/instances';
import { browsersOf } from '@/tests/support/sign-in';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances();
const { at } = browsersOf(running);

test('a sign-in returns to a path of its own address, else to Home', async () => {
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

test('a sign-in returns to the page first requested, also after the second factor', async () => {
  const { tenant, user } = await people();
  const { secret } = await enrolled(tenant, user);
  const browser = at(tenant);
  const asked = await browser.get('/settings/sessions?x=1');
  expect(asked.location).toBe('/sign-in?return_to=%2Fsettings%2Fsessions%3Fx%3D1');
  await browser.submit(asked.location ?? '', { username: user.username, password: PASSWORD });
  expect((await browser.submit('/sign-in/code', { code: codeOf(secret) })).location).toBe('/settings/sessions?x=1');
});

test('a change of language returns to a path of its own address', async () => {
  const { tenant } = await people();
  const browser = at(tenant);
  const form = await browser.form('/sign-in', ['locale']);
  const answer = await browser.post('/sign-in', form, { locale: 'fr', from: '//evil.example' });
  expect(new URL(answer.location ?? '', `https://${tenant.host}`).host).toBe(tenant.host);
  const odd = await browser.post('/sign-in', form, { locale: '../../etc/passwd', from: '/sign-in' });
  expect(odd.status).toBeLessThan(500);
  expect((await browser.get('/sign-in')).body).toContain('lang="fr"');
});

test('a return address that cannot be stored does not stop a sign-in and leads to Home', async () => {
  const tenant = await newTenant();
  for (const place of ['/a%00b', `/${'b'.repeat(7_000)}`]) {
    const user = await newUser(tenant);
    const { secret } = await enrolled(tenant, user);
    const browser = visitor({ port: running.app().port, host: tenant.host });
    const fields = { username: user.username, password: PASSWORD };
    const begun = await browser.submit(`/sign-in?return_to=${place}`, fields);
    expect([place.slice(0, 8), begun.status, begun.location]).toEqual([place.slice(0, 8), 303, '/sign-in/code']);
    const done = await browser.submit('/sign-in/code', { code: codeOf(secret) });
    expect([place.slice(0, 8), done.location]).toEqual([place.slice(0, 8), '/home']);
  }
  const page = await visitor({ port: running.app().port, host: tenant.host }).get('/sign-in?return_to=/a%00b');
  expect(page.status).toBe(200);
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}
