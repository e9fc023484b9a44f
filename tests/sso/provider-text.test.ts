import { afterAll, beforeAll, expect, test } from 'vitest';
import { visitor } from '@/tests/support/browser';
import { instances } from '@/tests/support/instances';
import { outputSince } from '@/tests/support/log';
import { type RunningProvider, startOidcProvider, throughProvider } from '@/tests/support/oidc-provider';
import { expectRefused, newOidcConnection, signInThrough, startAt } from '@/tests/support/sso';
import { newTenant, newUser } from '@/tests/support/users';

const running = instances();

const HALF_AT_THE_END = `${'a'.repeat(299)}\u{1f600}`;
let provider: RunningProvider;

beforeAll(async () => {
  provider = await startOidcProvider({
    users: [
      { name: 'long', claims: { name: HALF_AT_THE_END } },
      { name: 'half', claims: { name: 'x\ud83d', given_name: '\ude00' } },
      { name: 'nul', claims: { name: 'a\0b', given_name: 'a\0b', family_name: '\u009b31m' } },
      { name: 'good', claims: { email: 'good@kettle.example', email_verified: true } },
    ],
  });
});
afterAll(() => provider?.stop());

test('a provider’s words of any characters are kept with the refusal', async () => {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const connection = await newOidcConnection(tenant, provider);
  const from = running.app().output().length;
  for (const words of [HALF_AT_THE_END, 'a\0b', '\u009b31m\u202e', '\r\nSet-Cookie: a=b']) {
    const browser = visitor({ port: running.app().port, host: tenant.host });
    const back = new URL(await throughProvider(await startAt(browser, connection), 'long'));
    back.searchParams.delete('code');
    back.searchParams.set('error', words);
    back.searchParams.set('error_description', words);
    await expectRefused(tenant, browser, await browser.get(`${back.pathname}${back.search}`), 'provider-error');
  }
  for (const name of ['long', 'half', 'nul']) {
    const browser = visitor({ port: running.app().port, host: tenant.host });
    const back = new URL(await throughProvider(await startAt(browser, connection), name));
    await expectRefused(tenant, browser, await browser.get(`${back.pathname}${back.search}`), 'email-missing');
  }
  expect(await outputSince(running.app(), from)).not.toMatch(/"alert":"(request failed|uncaught)/);
});

test('a provider’s words of any characters beside a good account do not stop the sign-in', async () => {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  await newUser(tenant, { email: 'good@kettle.example' });
  const connection = await newOidcConnection(tenant, provider);
  for (const idToken of [
    { sid: 'a\0b' },
    { sid: '\ud83d' },
    { acr: '\0' },
    { amr: ['\ud83d'] },
    { auth_time: 1e300 },
  ]) {
    const browser = visitor({ port: running.app().port, host: tenant.host });
    provider.turn({ idToken });
    const landed = await signInThrough(browser, connection, 'good').finally(() => provider.turn({}));
    expect([idToken, landed.location]).toEqual([idToken, '/home']);
  }
});

test('a callback of any characters is refused with a code', async () => {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const connection = await newOidcConnection(tenant, provider);
  for (const query of ['state=%00', 'state=%ED%A0%BD&code=a', 'error=%00&state=%00', 'code=%00', '']) {
    const browser = visitor({ port: running.app().port, host: tenant.host });
    const answer = await browser.get(`/api/auth/callback/oidc-${connection}?${query}`);
    await expectRefused(tenant, browser, answer, 'flow-missing');
  }
});
