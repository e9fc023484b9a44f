import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathOf, type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import {
  newProviderJar,
  type RunningProvider,
  startOidcProvider,
  throughProvider,
} from '@/tests/support/oidc-provider';
import { answerXml, encoded, signed } from '@/tests/support/saml-answers';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { type SamlIdp, startSamlIdp } from '@/tests/support/saml-idp';
import { expectRefused, newOidcConnection, setState, signInThrough, startAt } from '@/tests/support/sso';
import { newTenant, newUser } from '@/tests/support/users';

/**
 * Users without a password of ours prove who they are by signing in again at their identity
 * provider.
 */

const running = instances();
const USERS = ['ada', 'bob'].map((name) => ({
  name,
  claims: { email: `${name}@kettle.example`, email_verified: true },
}));
let provider: RunningProvider;
let idp: SamlIdp;
beforeAll(async () => {
  provider = await startOidcProvider({ users: USERS });
  idp = await startSamlIdp();
});
afterAll(() => Promise.all([provider.stop(), idp.stop()]));

describe('with OpenID Connect', () => {
  test('a new sign-in there lets the change through, in the form that asked', async () => {
    const { tenant, connection, browser, jar, change } = await company();
    const refused = await change();
    expect([refused.status, refused.message?.includes('with your company account')]).toEqual([403, true]);
    expect(refused.body).toMatch(/<a[^>]*href="\/confirm-identity"[^>]*target="_blank"/);
    expect((await browser.get('/confirm-identity')).body).toContain(`/sso/start/${connection}?purpose=confirm`);
    const start = new URL(await startAt(browser, connection, '?purpose=confirm'));
    expect([start.searchParams.get('prompt'), start.searchParams.get('max_age')]).toEqual(['login', '0']);
    const back = await browser.get(pathOf(await throughProvider(start.href, 'ada', jar)));
    expect(back.location).toBe('/confirm-identity?done');
    expect((await browser.get('/confirm-identity?done')).text).toContain('Thank you.');
    expect((await change()).status).toBe(200);
    expect(await admin()`select 1 from sessions where tenant_id = ${tenant.id}`).toHaveLength(1);
  });

  test.each([
    ['says nothing of when', { auth_time: undefined }, 'not-fresh'],
    ['let the old sign-in stand', { auth_time: Math.floor(Date.now() / 1000) - 300 }, 'not-fresh'],
  ])('a provider that %s proves nothing', async (_what, idToken, reason) => {
    const { tenant, connection, browser, jar, change } = await company();
    const start = await startAt(browser, connection, '?purpose=confirm');
    provider.turn({ idToken });
    const answer = await browser.get(pathOf(await throughProvider(start, 'ada', jar)));
    provider.turn({});
    await expectRefused(tenant, browser, answer, reason, 1);
    expect((await change()).status).toBe(403);
  });

  test('signing in again without being asked by the provider proves nothing', async () => {
    const { tenant, connection, jar } = await company();
    const page = `/admin/users/${(await newUser(tenant)).id}`;
    const now = Math.floor(Date.now() / 1000);
    for (const [auth_time, status] of [
      [now - 3600, 403],
      [undefined, 403],
      [now + 3600, 403],
      [now - 5, 200],
    ] as const) {
      const browser = visitor({ port: running.app().port, host: tenant.host });
      provider.turn({ idToken: { auth_time } });
      const landed = await signInThrough(browser, connection, 'ada', jar);
      provider.turn({});
      expect([auth_time, landed.location]).toEqual([auth_time, '/home']);
      expect([auth_time, (await browser.submit(page, { role: 'administrator' })).status]).toEqual([auth_time, status]);
    }
  });

  test('the account of another user proves nothing, and opens no session', async () => {
    const { tenant, connection, browser, change } = await company();
    const start = await startAt(browser, connection, '?purpose=confirm');
    const answer = await browser.get(pathOf(await throughProvider(start, 'bob', newProviderJar())));
    await expectRefused(tenant, browser, answer, 'other-person', 1);
    expect((await change()).status).toBe(403);
  });
});

describe('with SAML', () => {
  test.each([
    [0, '/confirm-identity?done', 200],
    [-300, undefined, 403],
  ])('ForceAuthn is asked, and a sign-in %s s ago counts as it must', async (authenticatedIn, location, status) => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const connection = await newSamlConnection(tenant, idp);
    const boss = await newUser(tenant, { role: 'administrator', email: 'robin@copper.example', password: undefined });
    await admin()`
      insert into sso_links (tenant_id, connection_id, issuer, subject, user_id)
      values (${tenant.id}, ${connection.id}, ${idp.entityId}, 'robin@copper.example', ${boss.id})`;
    const at = (path: string) => `https://${tenant.host}/sso/saml/${connection.id}/${path}`;
    const browser = visitor({ port: running.app().port, host: tenant.host });
    const come = async (query: string, seconds: number) => {
      const start = await startAt(browser, connection.id, query);
      const { id: requestId } = idp.readRequest(start);
      const right = { issuer: idp.entityId, acs: at('acs'), entityId: at('metadata'), requestId };
      const xml = signed(answerXml({ ...right, authenticatedIn: seconds }), idp.keys);
      const posted = await browser.ask(new URL(at('acs')).pathname, {
        method: 'POST',
        bare: true,
        body: new URLSearchParams({ SAMLResponse: encoded(xml) }).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: idp.url,
          'sec-fetch-site': 'cross-site',
        },
      });
      return { start, landed: await browser.get(posted.location ?? '') };
    };
    expect((await come('', 0)).landed.location).toBe('/home');
    const change = await changeIn(browser, tenant);
    expect((await change()).status).toBe(403);
    const { start, landed } = await come('?purpose=confirm', authenticatedIn);
    const request = new URL(start).searchParams.get('SAMLRequest') ?? '';
    expect(inflateRawSync(Buffer.from(request, 'base64')).toString()).toContain('ForceAuthn="true"');
    if (location) expect(landed.location).toBe(location);
    else await expectRefused(tenant, browser, landed, 'not-fresh', 1);
    expect((await change()).status).toBe(status);
  });
});

test('confirmation requires a signed-in user', async () => {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const connection = await newOidcConnection(tenant, provider);
  const browser = visitor({ port: running.app().port, host: tenant.host });
  expect((await browser.get(`/sso/start/${connection}?purpose=confirm`)).location).toContain('/sign-in');
  expect((await browser.get('/confirm-identity')).location).toContain('/sign-in');
});

/** A tenant whose passwords are hidden, with an administrator who signed in eleven minutes ago. */
async function company() {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const connection = await newOidcConnection(tenant, provider);
  await newUser(tenant, { username: 'ada', email: 'ada@kettle.example', role: 'administrator' });
  await newUser(tenant, { username: 'bob', email: 'bob@kettle.example' });
  const browser = visitor({ port: running.app().port, host: tenant.host });
  const jar = newProviderJar();
  expect((await signInThrough(browser, connection, 'ada', jar)).location).toBe('/home');
  await setState(connection, 'instead');
  await admin()`update policies set password_hidden = true where tenant_id = ${tenant.id}`;
  return { tenant, connection, browser, jar, change: await changeIn(browser, tenant) };
}

/** Makes the proof of every session old; returns what sends a sensitive form. */
async function changeIn(browser: Visitor, tenant: { id: string } & Parameters<typeof newUser>[0]) {
  await admin()`update sessions set proved_at = now() - interval '11 minutes' where tenant_id = ${tenant.id}`;
  const victim = await newUser(tenant);
  const page = `/admin/users/${victim.id}`;
  const form = await browser.form(page, ['role']);
  return () => browser.post(page, form, {});
}
