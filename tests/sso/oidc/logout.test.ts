import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setEnabled } from '@/lib/sso/connections/change';
import { findFailure } from '@/lib/sso/sign-in/failures';
import { eventsOf } from '@/tests/support/audit';
import { pathOf, type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import {
  CLIENT,
  newProviderJar,
  type RunningProvider,
  signOutThere,
  startOidcProvider,
} from '@/tests/support/oidc-provider';
import { newOidcConnection, sessionsOf, signInThrough, whoIs } from '@/tests/support/sso';
import { newTenant, newUser } from '@/tests/support/users';

const running = instances();
const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const users = ['ada', 'bob'].map((name) => ({
  name,
  claims: { email: `${name}@kettle.example`, email_verified: true },
}));
let provider: RunningProvider;
let other: RunningProvider;

beforeAll(async () => {
  provider = await startOidcProvider({ users });
  other = await startOidcProvider({ users });
});
beforeEach(() => provider.turn({}));
afterAll(() => Promise.all([provider.stop(), other.stop()]));

describe('back-channel logout', () => {
  test('ends the user’s sessions through this connection only', async () => {
    const { tenant, connection, ada, bob } = await both();
    const second = await newOidcConnection(tenant, other, { label: 'Another' });
    const elsewhere = at(tenant);
    await signInThrough(elsewhere, second, 'ada');
    const answer = await tell(tenant, connection, await provider.logoutToken({ sub: 'sub-of-ada' }));
    expect([answer.status, answer.body]).toEqual([200, '']);
    expect(await everyone(ada, bob, elsewhere)).toEqual([undefined, 'bob', 'ada']);
    expect((await ada.get('/home')).location).toBe('/sign-in?reason=ended');
    expect((await bob.get('/home')).status).toBe(200);
    expect((await eventsOf(tenant, 'session_end')).map(({ detail }) => detail)).toEqual([
      { ended: 1, by: 'provider', connection },
    ]);
  });

  test('ends a single session if it names one', async () => {
    const { tenant, connection, ada } = await both();
    const another = at(tenant);
    await signInThrough(another, connection, 'ada');
    const [row] =
      await admin()`select sso_index from sessions where tenant_id = ${tenant.id} and token_hash = sha256(convert_to(${ada.jar.get('__Host-sid') ?? ''}, 'UTF8'))`;
    expect(row?.sso_index).toMatch(/.{8}/);
    expect((await tell(tenant, connection, await provider.logoutToken({ sid: row?.sso_index }))).status).toBe(200);
    expect(await everyone(ada, another)).toEqual([undefined, 'ada']);
  });

  test('ends a sign-in that waits for its code as well', async () => {
    const { tenant, connection } = await both();
    await admin()`update policies set sso_second_factor = 'always', second_factor = 'required' where tenant_id = ${tenant.id}`;
    const waiting = at(tenant);
    const answer = await signInThrough(waiting, connection, 'ada');
    expect(answer.location).toBe('/sign-in/enroll');
    await tell(tenant, connection, await provider.logoutToken({ sub: 'sub-of-ada' }));
    expect((await waiting.get('/sign-in/enroll')).location).toBe('/sign-in?reason=expired');
  });

  test('arrives from oidc-provider when the user signs out there', async () => {
    const { tenant, connection } = await both();
    const browser = at(tenant);
    const jar = newProviderJar();
    // It calls us under our own name, which leads nowhere here: a line of our own brings it to the
    // product.
    const line = await lineTo(tenant.host);
    provider.tellOfLogout(`${line.origin}/sso/oidc/${connection}/back-channel-logout`);
    try {
      await signInThrough(browser, connection, 'ada', jar);
      expect(await whoIs(browser)).toBe('ada');
      await signOutThere(`${provider.issuer}/session/end`, jar);
      expect(await line.heard).toBe(200);
      expect(await whoIs(browser)).toBeUndefined();
    } finally {
      await line.stop();
      provider.tellOfLogout('http://127.0.0.1:9/');
    }
  });

  test('is accepted once', async () => {
    const { tenant, connection, ada } = await both();
    const token = await provider.logoutToken({ sub: 'sub-of-ada' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => tell(tenant, connection, token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 400)]);
    await signInThrough(ada, connection, 'ada');
    await expectDeaf(tenant, await tell(tenant, connection, token), 'replay');
    expect(await whoIs(ada)).toBe('ada');
  });

  const now = () => Math.floor(Date.now() / 1000);
  const sub = 'sub-of-ada';
  const wrong: [string, () => Promise<string> | string, string][] = [
    ['no token', () => '', 'logout-token'],
    ['nonsense', () => 'x', 'logout-token'],
    ['three parts of nonsense', () => 'a.b.c', 'logout-token'],
    ['a token of another provider', () => other.logoutToken({ sub }), 'unknown-key'],
    ['another provider’s name in its own token', () => provider.logoutToken({ sub, iss: other.issuer }), 'issuer'],
    ['another client', () => provider.logoutToken({ sub, aud: 'another' }), 'audience'],
    ['nobody', () => provider.logoutToken({}), 'logout-token'],
    ['an empty subject', () => provider.logoutToken({ sub: '' }), 'logout-token'],
    ['a subject that is a list', () => provider.logoutToken({ sub: [sub] }), 'logout-token'],
    ['no event', () => provider.logoutToken({ sub, events: undefined }), 'logout-token'],
    ['another event', () => provider.logoutToken({ sub, events: { 'http://x.example': {} } }), 'logout-token'],
    ['a nonce, as an id_token has', () => provider.logoutToken({ sub, nonce: 'x' }), 'logout-token'],
    ['another type', () => provider.logoutToken({ sub }, { typ: 'at+jwt' }), 'logout-token'],
    ['no number', () => provider.logoutToken({ sub, jti: undefined }), 'logout-token'],
    ['an end of two minutes ago', () => provider.logoutToken({ sub, exp: now() - 120 }), 'expired'],
    ['no end, and seven minutes old', () => provider.logoutToken({ sub, exp: undefined, iat: now() - 420 }), 'expired'],
    [
      'an end in a year, and two days old',
      () => provider.logoutToken({ sub, exp: now() + 3e7, iat: now() - 2 * 86_400 }),
      'expired',
    ],
    ['a beginning in two minutes', () => provider.logoutToken({ sub, iat: now() + 120 }), 'not-yet'],
    ['no beginning', () => provider.logoutToken({ sub, iat: undefined }), 'expired'],
    ['alg none', async () => unsigned(await provider.logoutToken({ sub })), 'algorithm'],
    ['a changed subject', async () => changed(await provider.logoutToken({ sub: 'sub-of-bob' })), 'signature'],
  ];

  test.each(wrong)('is refused with %s', async (_what, make, reason) => {
    const { tenant, connection, ada, bob } = await both();
    await expectDeaf(tenant, await tell(tenant, connection, await make()), reason);
    expect(await everyone(ada, bob)).toEqual(['ada', 'bob']);
    // The twin that is right.
    expect((await tell(tenant, connection, await provider.logoutToken({ sub }))).status).toBe(200);
    expect(await everyone(ada, bob)).toEqual([undefined, 'bob']);
  });

  test('is refused for a connection that is disabled, of another tenant or unknown', async () => {
    const { tenant, connection, ada } = await both();
    const token = await provider.logoutToken({ sub });
    await setEnabled(tenant, connection, false, cause);
    await expectDeaf(tenant, await tell(tenant, connection, token), 'disabled');
    const stranger = await newTenant({ entitlements: ['single-sign-on'] });
    for (const id of [connection, 'x', '00000000-0000-0000-0000-000000000000'])
      expect((await tell(stranger, id, token)).status).toBe(400);
    expect(await whoIs(ada)).toBe('ada');
  });

  test('with the same provider in two tenants ends what one of them has', async () => {
    const [a, b] = [await both(), await both()];
    await tell(a.tenant, a.connection, await provider.logoutToken({ sub }));
    expect(await everyone(a.ada, b.ada)).toEqual([undefined, 'ada']);
  });

  test('in another form than the one there is', async () => {
    const { tenant, connection, ada } = await both();
    const path = `/sso/oidc/${connection}/back-channel-logout`;
    const token = await provider.logoutToken({ sub });
    expect((await at(tenant).get(`${path}?logout_token=${token}`)).status).toBe(405);
    const twice = `logout_token=${token}&logout_token=${token}`;
    for (const body of [twice, JSON.stringify({ logout_token: token }), '\0']) {
      expect((await at(tenant).ask(path, { method: 'POST', body })).status).toBe(400);
    }
    const foreign = { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' };
    const crossSite = { method: 'POST', body: `logout_token=${token}`, headers: foreign };
    expect((await at(tenant).ask(path, crossSite)).status).toBe(403);
    expect(await whoIs(ada)).toBe('ada');
    expect(await sessionsOf(tenant)).toBe(2);
  });
});

describe('a user who signs out', () => {
  test('is offered to sign out of the company account too, and comes back', async () => {
    const { tenant, connection } = await both();
    const browser = at(tenant);
    const jar = newProviderJar();
    await signInThrough(browser, connection, 'ada', jar);
    const out = await browser.submit('/home', {}, { button: 'Sign out' });
    expect(out.location).toMatch(/^\/signed-out\?t=/);
    const page = await browser.get(out.location ?? '');
    expect(page.text).toContain('Also sign out of your company account');
    const path = /href="(\/signed-out\/company\?t=[^"]+)"/.exec(page.body)?.[1] ?? '';
    const away = new URL((await browser.get(path)).location ?? '');
    expect(`${away.origin}${away.pathname}`).toBe(`${provider.issuer}/session/end`);
    expect(away.searchParams.get('post_logout_redirect_uri')).toBe(`${browser.origin}/sign-in?reason=signed-out`);
    expect(away.searchParams.get('client_id')).toBe(CLIENT.id);
    const back = await signOutThere(away.href, jar);
    expect(back).toBe(`${browser.origin}/sign-in?reason=signed-out`);
    expect((await browser.get(pathOf(back))).status).toBe(200);
    // Once: the id_token of the hint is gone.
    expect((await browser.get(path)).location).toBe('/sign-in?reason=signed-out');
  });

  test('of a provider that takes no sign-outs, or says nothing, is signed out here', async () => {
    const { tenant } = await both();
    const quiet = await newOidcConnection(tenant, provider, { label: 'Quiet', settings: { logout: false } });
    const browser = at(tenant);
    await signInThrough(browser, quiet, 'ada');
    const out = await browser.submit('/home', {}, { button: 'Sign out' });
    expect(out.location).toBe('/signed-out');
    expect((await browser.get('/signed-out')).text).not.toContain('Also sign out of your company account');
  });

  test('the ticket is good for this browser alone', async () => {
    const { tenant, connection } = await both();
    const browser = at(tenant);
    await signInThrough(browser, connection, 'ada');
    const out = await browser.submit('/home', {}, { button: 'Sign out' });
    const ticket = new URL(out.location ?? '', browser.origin).searchParams.get('t') ?? '';
    const path = `/signed-out/company?t=${encodeURIComponent(ticket)}`;
    expect((await at(tenant).get(path)).location).toBe('/sign-in?reason=signed-out');
    expect((await browser.get(path)).location).toContain(provider.issuer);
  });
});

type Tenant = Awaited<ReturnType<typeof newTenant>>;

function at(tenant: { host: string }) {
  return visitor({ port: running.app().port, host: tenant.host });
}

/** A tenant whose two people are both signed in through the provider. */
async function both() {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  for (const { name, claims } of users) await newUser(tenant, { username: name, email: claims.email });
  const connection = await newOidcConnection(tenant, provider);
  const [ada, bob] = [at(tenant), at(tenant)];
  await signInThrough(ada, connection, 'ada');
  await signInThrough(bob, connection, 'bob');
  expect(await everyone(ada, bob)).toEqual(['ada', 'bob']);
  return { tenant, connection, ada, bob };
}

function everyone(...browsers: Visitor[]) {
  return Promise.all(browsers.map(whoIs));
}

function tell(tenant: Tenant, connection: string, token: string) {
  return at(tenant).ask(`/sso/oidc/${connection}/back-channel-logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
  });
}

async function expectDeaf(tenant: Tenant, answer: { status: number; body: string }, reason: string) {
  expect(answer.status).toBe(400);
  const { error, error_description: code } = JSON.parse(answer.body);
  expect(error).toBe('invalid_request');
  expect((await findFailure(tenant, code))?.reason).toBe(reason);
  const events = await eventsOf(tenant, 'authn_sso_fail');
  expect(events.filter(({ detail }) => detail.code === code)).toHaveLength(1);
  expect(await eventsOf(tenant, 'session_end')).toHaveLength(reason === 'replay' ? 1 : 0);
}

/**
 * Returns an address on this machine that hands every form on to the product, under the tenant's
 * own host.
 */
async function lineTo(host: string) {
  let tellStatus: (status: number) => void = () => undefined;
  const heard = new Promise<number>((fulfil) => {
    tellStatus = fulfil;
  });
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const headers = { 'content-type': String(request.headers['content-type']) };
    const { status } = await at({ host }).ask(request.url ?? '/', { method: 'POST', headers, body });
    response.writeHead(status).end();
    tellStatus(status);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, stop };
}

function unsigned(token: string) {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'logout+jwt' })).toString('base64url');
  return `${header}.${token.split('.')[1]}.`;
}

function changed(token: string) {
  const [header, claims = '', signature] = token.split('.');
  const text = Buffer.from(claims, 'base64url').toString('utf8').replace('sub-of-bob', 'sub-of-ada');
  return `${header}.${Buffer.from(text).toString('base64url')}.${signature}`;
}
