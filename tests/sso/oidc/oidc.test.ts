import { createHash, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setEnabled } from '@/lib/sso/connections/change';
import { setState as putState } from '@/lib/sso/connections/states';
import { startApp } from '@/tests/support/app';
import { eventsOf } from '@/tests/support/audit';
import { pathOf, visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import {
  CLIENT,
  type Knobs,
  newProviderJar,
  type RunningProvider,
  startOidcProvider,
  throughProvider,
} from '@/tests/support/oidc-provider';
import { startProxy } from '@/tests/support/proxy';
import {
  expectRefused,
  newOidcConnection,
  sessionsOf,
  setState,
  signInThrough,
  startAt,
  whoIs,
} from '@/tests/support/sso';
import { newTenant, newUser } from '@/tests/support/users';

const running = instances(1, { LOG_LEVEL: 'warn' });
const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const USERS = [
  {
    name: 'ada',
    claims: { email: 'ada@kettle.example', email_verified: true, given_name: 'Ada', family_name: 'Byron' },
  },
  { name: 'bob', claims: { email: 'bob@kettle.example', email_verified: true } },
  { name: 'capital', sub: 'capital', claims: { email: 'ADA@Kettle.Example', email_verified: true } },
  { name: 'unverified', claims: { email: 'ada@kettle.example', email_verified: false } },
  { name: 'silent', claims: { email: 'ada@kettle.example' } },
  { name: 'written', claims: { email: 'ada@kettle.example', email_verified: 'true' } },
  { name: 'nameless', claims: {} },
  { name: 'homoglyph', claims: { email: 'ada@\u212aettle.example', email_verified: true } },
];
let provider: RunningProvider;
let other: RunningProvider;
const started: RunningProvider[] = [];

beforeAll(async () => {
  provider = await start({ users: USERS });
  other = await start({ users: USERS });
});
beforeEach(() => {
  provider.turn({});
  other.turn({});
  provider.asked.length = 0;
});
afterAll(() => Promise.all(started.map((one) => one.stop())));

describe('what the browser brings back', () => {
  test('signs in the user whom the provider names, once', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const page = await browser.get('/sign-in');
    expect(page.body).toContain(`/sso/start/${connection}`);
    const answer = await signInThrough(browser, connection, 'ada');
    expect([answer.status, answer.location]).toEqual([307, '/home']);
    expect(await whoIs(browser)).toBe('ada');
    expect(await eventsOf(tenant, 'authn_sso_fail')).toEqual([]);
    const [event] = await eventsOf(tenant, 'authn_login_success');
    expect(event?.detail).toMatchObject({ factor: 'provider', connection });
  });

  test('returns to the page first asked for, and to no other site', async () => {
    const { tenant, connection } = await company();
    for (const [wanted, reached] of [
      ['/settings/profile', '/settings/profile'],
      ['//evil.example', '/home'],
      ['https://evil.example/', '/home'],
      ['/\\evil.example', '/home'],
    ]) {
      const browser = at(tenant);
      const start = await startAt(browser, connection, `?return_to=${encodeURIComponent(wanted ?? '')}`);
      const answer = await browser.get(pathOf(await throughProvider(start, 'ada')));
      expect([wanted, answer.location]).toEqual([wanted, reached]);
    }
  });

  test.each([
    ['missing', (query: URLSearchParams) => query.delete('state'), 'flow-missing'],
    ['empty', (query: URLSearchParams) => query.set('state', ''), 'flow-missing'],
    ['altered', (query: URLSearchParams) => query.set('state', `${query.get('state')}x`), 'flow-missing'],
    ['twice', (query: URLSearchParams) => query.append('state', query.get('state') ?? ''), 'flow-missing'],
    ['of nobody', (query: URLSearchParams) => query.set('state', randomUUID()), 'flow-missing'],
    ['there, and the code is not', (query: URLSearchParams) => query.delete('code'), 'provider-error'],
    ['there, and the code is twice', (query: URLSearchParams) => query.append('code', 'x'), 'provider-error'],
    ['there, and the code is another', (query: URLSearchParams) => query.set('code', 'x'), 'token-endpoint'],
    ['there, and the issuer is missing', (query: URLSearchParams) => query.delete('iss'), 'issuer'],
    ['there, and the issuer is twice', (query: URLSearchParams) => query.append('iss', 'x'), 'provider-error'],
  ])('F01: the state is %s', async (_what, change, reason) => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const back = new URL(await throughProvider(await startAt(browser, connection), 'ada'));
    change(back.searchParams);
    await expectRefused(tenant, browser, await browser.get(`${back.pathname}${back.search}`), reason);
  });

  test('F01: a state of another connection of the same tenant', async () => {
    const { tenant, connection } = await company();
    const second = await newOidcConnection(tenant, other, { label: 'Another' });
    const browser = at(tenant);
    const back = new URL(await throughProvider(await startAt(browser, connection), 'ada'));
    const asked = other.asked.length;
    const answer = await browser.get(`/api/auth/callback/oidc-${second}${back.search}`);
    await expectRefused(tenant, browser, answer, 'other-connection');
    expect(other.asked.length).toBe(asked);
    // The flow itself is untouched: its own answer still counts.
    await browser.get(`${back.pathname}${back.search}`);
    expect(await whoIs(browser)).toBe('ada');
  });

  test('F02: the callback of one tenant at another one’s address, with the same provider in both', async () => {
    const [a, b] = [await company(), await company()];
    const browser = at(a.tenant);
    const back = new URL(await throughProvider(await startAt(browser, a.connection), 'ada'));
    const stranger = at(b.tenant);
    for (const [name, value] of browser.jar) stranger.jar.set(name, value);
    for (const connection of [a.connection, b.connection]) {
      const answer = await stranger.get(`/api/auth/callback/oidc-${connection}${back.search}`);
      await expectRefused(b.tenant, stranger, answer, 'flow-missing');
    }
    expect(provider.asked).not.toContain('POST /token');
    expect(await eventsOf(a.tenant, 'authn_sso_fail')).toEqual([]);
  });

  test.each(['nothing', 'oidc-', 'oidc-1', 'credentials', `oidc-${randomUUID()}`])(
    'a callback of no connection: %s',
    async (name) => {
      const { tenant } = await company();
      const browser = at(tenant);
      await expectRefused(
        tenant,
        browser,
        await browser.get(`/api/auth/callback/${name}?code=x&state=y`),
        'flow-missing',
      );
    },
  );

  test('F03: an answer of another issuer, before anything is asked of either', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const back = new URL(await throughProvider(await startAt(browser, connection), 'ada'));
    back.searchParams.set('iss', other.issuer);
    const asked = other.asked.length;
    const answer = await browser.get(`${back.pathname}${back.search}`);
    const { received } = await expectRefused(tenant, browser, answer, 'issuer');
    expect(received).toMatchObject({ iss: other.issuer, expected: provider.issuer });
    expect(provider.asked).not.toContain('POST /token');
    expect(other.asked.length).toBe(asked);
  });

  test('F04: another flow’s PKCE verifier', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const first = await throughProvider(await startAt(browser, connection), 'ada');
    await startAt(browser, connection);
    const [older, newer] =
      await admin()`select id, result from sso_flows where tenant_id = ${tenant.id} order by created_at`;
    await admin()`update sso_flows set result = ${admin().json({ ...older?.result, pkceCodeVerifier: newer?.result.pkceCodeVerifier })}
      where id = ${older?.id}`;
    const { received } = await expectRefused(tenant, browser, await browser.get(pathOf(first)), 'token-endpoint');
    expect(received).toMatchObject({ status: '400', error: 'invalid_grant' });
  });

  test.each(['state', 'pkceCodeVerifier', 'nonce'])('what was kept of the %s is gone or not ours', async (name) => {
    const { tenant, connection } = await company();
    for (const value of [undefined, 'x.y.z']) {
      const browser = at(tenant);
      const back = await throughProvider(await startAt(browser, connection), 'ada');
      const [flow] = await admin()`select id, result from sso_flows where tenant_id = ${tenant.id} and used_at is null`;
      const { [name]: _, ...rest } = (flow?.result ?? {}) as Record<string, string>;
      await admin()`update sso_flows set result = ${admin().json({ ...rest, ...(value ? { [name]: value } : {}) })} where id = ${flow?.id}`;
      await expectRefused(tenant, browser, await browser.get(pathOf(back)), 'flow-missing');
    }
  });

  test('F12: a refusal of the provider is never shown as received', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const cancelled = await browser.get(pathOf(await throughProvider(await startAt(browser, connection), null)));
    expect((await expectRefused(tenant, browser, cancelled, 'provider-error')).received).toMatchObject({
      error: 'access_denied',
    });
    const state = new URL(await startAt(browser, connection)).searchParams.get('state');
    const query = new URLSearchParams({
      state: state ?? '',
      iss: provider.issuer,
      error: 'access_denied',
      error_description: '<script>alert(1)</script>',
    });
    const answer = await browser.get(`/api/auth/callback/oidc-${connection}?${query}`);
    await expectRefused(tenant, browser, answer, 'provider-error');
    const page = await browser.get(answer.location ?? '');
    expect(page.body).not.toContain('alert(1)');
    expect(page.body).toContain(`/sso/start/${connection}`);
  });

  test('F15: loaded again, it is not used again and the session stays the one it was', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const back = pathOf(await throughProvider(await startAt(browser, connection), 'ada'));
    await browser.get(back);
    const token = browser.jar.get('__Host-sid');
    await expectRefused(tenant, browser, await browser.get(back), 'flow-used', 1);
    expect([await whoIs(browser), browser.jar.get('__Host-sid')]).toEqual(['ada', token]);
    expect(provider.asked.filter((one) => one === 'POST /token')).toHaveLength(1);
  });

  test('F15: an attacker’s answer in the victim’s browser, with and without its own flow', async () => {
    const { tenant, connection } = await company();
    const attacker = at(tenant);
    const back = pathOf(await throughProvider(await startAt(attacker, connection), 'bob'));
    const victim = at(tenant);
    await expectRefused(tenant, victim, await victim.get(back), 'other-browser');
    await startAt(victim, connection);
    await expectRefused(tenant, victim, await victim.get(back), 'other-browser');
    expect(provider.asked).not.toContain('POST /token');
    await attacker.get(back);
    expect(await whoIs(attacker)).toBe('bob');
  });

  test('twenty times at once, it is one session and one question to the provider', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const back = pathOf(await throughProvider(await startAt(browser, connection), 'ada'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.get(back)));
    expect(answers.filter(({ location }) => location === '/home')).toHaveLength(1);
    expect(answers.filter(({ location }) => location?.startsWith('/sign-in?sso='))).toHaveLength(19);
    expect(await sessionsOf(tenant)).toBe(1);
    expect(provider.asked.filter((one) => one === 'POST /token')).toHaveLength(1);
  });

  test('while the database is away the callback answers 503 and stays usable', async () => {
    const { tenant, connection } = await company();
    const line = await startProxy(process.env.DATABASE_URL ?? '');
    const app = await startApp({ DATABASE_URL: line.url });
    try {
      const browser = visitor({ port: app.port, host: tenant.host });
      const back = pathOf(await throughProvider(await startAt(browser, connection), 'ada'));
      line.turn('refused');
      const answer = await browser.get(back);
      expect([answer.status, answer.setCookies]).toEqual([503, []]);
      expect(answer.text).toMatch(/cannot be reached/);
      line.turn('fine');
      await expect.poll(async () => (await browser.get('/api/health')).status).toBe(200);
      expect((await browser.get(back)).location).toBe('/home');
    } finally {
      await app.stop();
      await line.stop();
    }
  });

  test('after ten minutes', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const back = pathOf(await throughProvider(await startAt(browser, connection), 'ada'));
    await age('sso_flows', 601, `tenant_id = '${tenant.id}'`);
    await expectRefused(tenant, browser, await browser.get(back), 'flow-expired');
  });

  test('F16: two tabs that begin together both finish; what a browser keeps of flows does not grow', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const first = await startAt(browser, connection);
    const second = await startAt(browser, connection);
    const cookies = [...browser.jar.keys()].sort();
    const jar = newProviderJar();
    for (const start of [first, second]) {
      expect((await browser.get(pathOf(await throughProvider(start, 'ada', jar)))).location).toBe('/home');
      expect(await whoIs(browser)).toBe('ada');
    }
    expect(await sessionsOf(tenant)).toBe(1);
    const stranger = at(tenant);
    for (let tabs = 0; tabs < 14; tabs++) await startAt(stranger, connection);
    expect([...stranger.jar.keys()].sort()).toEqual(cookies);
    const [row] =
      await admin()`select count(*)::int as n from sso_flows where tenant_id = ${tenant.id} and used_at is null`;
    expect(row?.n).toBe(10);
  });
});

describe('what the provider answers', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const wrong: [string, () => Knobs, string][] = [
    ['nonce of another flow (F04)', () => ({ idToken: { nonce: 'x' } }), 'nonce'],
    ['no nonce', () => ({ idToken: { nonce: undefined } }), 'nonce'],
    ['audience of another client', () => ({ idToken: { aud: 'another' } }), 'audience'],
    ['audience that names none', () => ({ idToken: { aud: undefined } }), 'audience'],
    ['two audiences and nobody authorised', () => ({ idToken: { aud: [CLIENT.id, 'another'] } }), 'audience'],
    ['another authorised party', () => ({ idToken: { azp: 'another' } }), 'audience'],
    ['issuer of another provider', () => ({ idToken: { iss: other.issuer } }), 'issuer'],
    ['issuer with a slash behind it', () => ({ idToken: { iss: `${provider.issuer}/` } }), 'issuer'],
    ['no issuer', () => ({ idToken: { iss: undefined } }), 'issuer'],
    ['end of two minutes ago', () => ({ idToken: { exp: now() - 120 } }), 'expired'],
    ['no end', () => ({ idToken: { exp: undefined } }), 'expired'],
    ['end that is text', () => ({ idToken: { exp: '9999999999' } }), 'expired'],
    ['beginning in two minutes', () => ({ idToken: { iat: now() + 120 } }), 'not-yet'],
    ['nbf in two minutes', () => ({ idToken: { nbf: now() + 120 } }), 'not-yet'],
    ['no subject', () => ({ idToken: { sub: undefined } }), 'subject-missing'],
    ['empty subject', () => ({ idToken: { sub: '' } }), 'subject-missing'],
    ['subject that is a number', () => ({ idToken: { sub: 7 } }), 'subject-missing'],
    ['alg none', () => ({ signature: 'none' }), 'algorithm'],
    ['HS256 keyed with the public key', () => ({ signature: 'public-key' }), 'algorithm'],
    ['signature of a foreign key under a known name', () => ({ signature: 'foreign' }), 'signature'],
    ['key that nobody knows', () => ({ header: { kid: 'nobody' }, signature: 'foreign' }), 'unknown-key'],
  ];

  test.each(wrong)('F05: an id_token with %s', async (_what, knobs, reason) => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    provider.turn(knobs());
    const failure = await expectRefused(tenant, browser, await signInThrough(browser, connection, 'ada'), reason);
    expect(JSON.stringify(failure.received)).not.toMatch(/eyJ|[A-Za-z0-9_-]{60}/);
    // The twin that is right.
    provider.turn({});
    await signInThrough(browser, connection, 'ada');
    expect(await whoIs(browser)).toBe('ada');
  });

  test('clocks may be 90 seconds apart, as they may for SAML', async () => {
    const { tenant, connection } = await company();
    for (const idToken of [{ exp: now() - 75 }, { iat: now() + 75 }, { nbf: now() + 75 }]) {
      const browser = at(tenant);
      provider.turn({ idToken });
      await signInThrough(browser, connection, 'ada');
      expect([idToken, await whoIs(browser)]).toEqual([idToken, 'ada']);
    }
  });

  test('F05: unknown keys cause one request for the keys per interval, and a rotation is followed', async () => {
    const rotating = await start({ users: USERS });
    const { tenant, connection } = await company(rotating);
    await signInThrough(at(tenant), connection, 'ada');
    rotating.rotate();
    const browser = at(tenant);
    await signInThrough(browser, connection, 'ada');
    expect(await whoIs(browser)).toBe('ada');
    rotating.turn({ header: { kid: 'nobody' }, signature: 'foreign' });
    for (let tries = 0; tries < 5; tries++) await signInThrough(at(tenant), connection, 'ada');
    expect(rotating.asked.filter((one) => one === 'GET /jwks')).toHaveLength(2);
    expect(await sessionsOf(tenant)).toBe(2);
  });

  const answers: [string, (response: ServerResponse) => void, string][] = [
    ['401 without a word', (response) => response.writeHead(401).end(), 'client-refused'],
    [
      'invalid_client',
      (response) => json(response, 400, { error: 'invalid_client', error_description: 'wrong secret' }),
      'client-refused',
    ],
    ['invalid_grant', (response) => json(response, 400, { error: 'invalid_grant' }), 'token-endpoint'],
    ['500', (response) => response.writeHead(500).end('<h1>oops</h1>'), 'token-endpoint'],
    ['200 and HTML', (response) => response.writeHead(200).end('<h1>hello</h1>'), 'no-id-token'],
    [
      '200 and no id_token',
      (response) => json(response, 200, { access_token: 'x', token_type: 'bearer' }),
      'no-id-token',
    ],
    ['200 and a list', (response) => json(response, 200, []), 'no-id-token'],
    ['200 and null', (response) => json(response, 200, null), 'no-id-token'],
    ['an id_token that is a number', (response) => json(response, 200, tokens(7)), 'no-id-token'],
    ['an id_token of one part', (response) => json(response, 200, tokens('x')), 'signature'],
    [
      'an id_token that is encrypted',
      (response) => json(response, 200, tokens('eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d')),
      'encryption',
    ],
    [
      'a way to a private address',
      (response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
      'address-refused',
    ],
    ['a broken connection', (response) => response.destroy(), 'provider-unreachable'],
    [
      'half a megabyte',
      (response) => json(response, 200, { ...tokens('x'), padding: 'x'.repeat(512 * 1024) }),
      'too-large',
    ],
  ];

  test.each(answers)('the token endpoint answers %s', async (_what, say, reason) => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    provider.turn({ instead: { '/token': (_request, response) => say(response) } });
    await expectRefused(tenant, browser, await signInThrough(browser, connection, 'ada'), reason);
  });

  test('another secret than the provider knows', async () => {
    const { tenant } = await company();
    const connection = await newOidcConnection(tenant, provider, { secret: 'not the secret' });
    const browser = at(tenant);
    const failure = await expectRefused(
      tenant,
      browser,
      await signInThrough(browser, connection, 'ada'),
      'client-refused',
    );
    expect(failure.received.error).toBe('invalid_client');
  });

  test.each([
    ['with the secret in the form', { tokenAuth: 'client_secret_post' }, { tokenAuth: 'client_secret_post' }],
    ['that signs PS256', { alg: 'PS256' }, {}],
    ['that signs ES256', { alg: 'ES256' }, {}],
    ['that signs EdDSA', { alg: 'EdDSA' }, {}],
    ['whose id_token holds the subject alone', { thin: true }, {}],
  ] as const)('a provider %s', async (_what, options, settings) => {
    const one = await start({ users: USERS, ...options });
    const { tenant } = await company(one);
    const connection = await newOidcConnection(tenant, one, { label: 'This', settings });
    const browser = at(tenant);
    expect((await signInThrough(browser, connection, 'ada')).location).toBe('/home');
    expect(await whoIs(browser)).toBe('ada');
  });

  test('an issuer that ends in a slash is kept unchanged', async () => {
    const one = await start({ users: USERS });
    const issuer = `${one.issuer}/`;
    one.turn({
      discovery: { issuer, authorization_response_iss_parameter_supported: false },
      idToken: { iss: issuer },
    });
    const { tenant } = await company(one);
    const connection = await newOidcConnection(tenant, { issuer });
    const browser = at(tenant);
    const back = new URL(await throughProvider(await startAt(browser, connection), 'ada'));
    back.searchParams.delete('iss');
    await browser.get(`${back.pathname}${back.search}`);
    expect(await whoIs(browser)).toBe('ada');
  });

  test('Entra: one tenant of Microsoft’s counts where it is pinned, and none where it is not', async () => {
    const one = await start({ users: USERS });
    const { tenant } = await company(one);
    const [own, foreign] = [randomUUID(), randomUUID()];
    const document = async (issuer: string) => {
      const usual = await (await fetch(`${one.issuer}/.well-known/openid-configuration`)).json();
      return { ...usual, issuer, authorization_response_iss_parameter_supported: false };
    };
    const [pinned, common] = [`${one.issuer}/${own}/v2.0`, `${one.issuer}/common/v2.0`];
    const [ofPinned, ofCommon] = [await document(pinned), await document(`${one.issuer}/{tenantid}/v2.0`)];
    const turn = (idToken: Record<string, unknown>) =>
      one.turn({
        idToken,
        instead: {
          [`/${own}/v2.0/.well-known/openid-configuration`]: (_request, response) => json(response, 200, ofPinned),
          '/common/v2.0/.well-known/openid-configuration': (_request, response) => json(response, 200, ofCommon),
        },
      });
    const trip = async (connection: string) => {
      const browser = at(tenant);
      const back = new URL(await throughProvider(await startAt(browser, connection), 'silent'));
      back.searchParams.delete('iss');
      return { browser, answer: await browser.get(`${back.pathname}${back.search}`) };
    };
    const connection = await newOidcConnection(tenant, { issuer: common }, { settings: { entraTenant: own } });
    turn({ iss: pinned, tid: foreign, xms_edov: true });
    const refused = await trip(connection);
    await expectRefused(tenant, refused.browser, refused.answer, 'entra-tenant');
    turn({ iss: `${one.issuer}/${foreign}/v2.0`, tid: foreign, xms_edov: true });
    const stranger = await trip(connection);
    await expectRefused(tenant, stranger.browser, stranger.answer, 'issuer');
    // An address that its owner has not shown to be his could be anybody's.
    turn({ iss: pinned, tid: own });
    const unproved = await trip(connection);
    await expectRefused(tenant, unproved.browser, unproved.answer, 'email-unverified');
    turn({ iss: pinned, tid: own, xms_edov: true });
    expect(await whoIs((await trip(connection)).browser)).toBe('ada');
    const unpinned = await newOidcConnection(tenant, { issuer: common });
    const browser = at(tenant);
    await expectRefused(tenant, browser, await browser.get(`/sso/start/${unpinned}`), 'discovery-issuer', 1);
  });

  test('claims about another subject do not count', async () => {
    const one = await start({ users: USERS, thin: true });
    const { tenant, connection } = await company(one);
    const about = { sub: 'another', email: 'ada@kettle.example', email_verified: true };
    one.turn({ instead: { '/me': (_request, response) => json(response, 200, about) } });
    const browser = at(tenant);
    await expectRefused(tenant, browser, await signInThrough(browser, connection, 'ada'), 'userinfo');
  });
});

describe('who it is', () => {
  test.each([
    ['nameless', 'email-missing'],
    ['unverified', 'email-unverified'],
    ['silent', 'email-unverified'],
    ['homoglyph', 'email-missing'],
  ])('F07: %s', async (name, reason) => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    await expectRefused(tenant, browser, await signInThrough(browser, connection, name), reason);
    expect(await linksOf(tenant)).toEqual([]);
  });

  test('F08: no user, one, one in other capitals, two, and one of another tenant', async () => {
    const nobody = await company(provider, []);
    const elsewhere = await newTenant();
    await newUser(elsewhere, { username: 'ada', email: 'ada@kettle.example' });
    const browser = at(nobody.tenant);
    const answer = await signInThrough(browser, nobody.connection, 'ada');
    await expectRefused(nobody.tenant, browser, answer, 'no-match');

    for (const name of ['ada', 'capital', 'written']) {
      const { tenant, connection } = await company();
      const person = at(tenant);
      await signInThrough(person, connection, name);
      expect([name, await whoIs(person)]).toEqual([name, 'ada']);
    }

    const two = await company();
    await newUser(two.tenant, { username: 'ada2', email: 'Ada@kettle.example' });
    const either = at(two.tenant);
    await expectRefused(two.tenant, either, await signInThrough(either, two.connection, 'ada'), 'two-matches');
    expect(await linksOf(two.tenant)).toEqual([]);
  });

  test('F09: once linked, the subject counts: another address is the same user, another subject is refused', async () => {
    const one = await start({ users: USERS });
    const { tenant, connection } = await company(one);
    await signInThrough(at(tenant), connection, 'ada');
    one.turn({ idToken: { email: 'bob@kettle.example', email_verified: true } });
    const renamed = at(tenant);
    await signInThrough(renamed, connection, 'ada');
    expect(await whoIs(renamed)).toBe('ada');
    one.turn({});
    const browser = at(tenant);
    await expectRefused(tenant, browser, await signInThrough(browser, connection, 'capital'), 'linked-to-other', 2);
    expect(browser.jar.has('__Host-sid')).toBe(false);
    expect(await linksOf(tenant)).toEqual(['sub-of-ada']);
  });

  test('F09: a disabled user cannot sign in by link', async () => {
    const { tenant, connection } = await company();
    await signInThrough(at(tenant), connection, 'ada');
    await admin()`delete from sessions where tenant_id = ${tenant.id}`;
    await admin()`update users set status = 'disabled' where tenant_id = ${tenant.id} and username = 'ada'`;
    const browser = at(tenant);
    await expectRefused(tenant, browser, await signInThrough(browser, connection, 'ada'), 'user-disabled');
  });

  test('F10: while a user is signed in, another account neither signs in nor is linked', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    await signInThrough(browser, connection, 'ada');
    await expectRefused(tenant, browser, await signInThrough(browser, connection, 'bob'), 'other-person', 1);
    expect(await whoIs(browser)).toBe('ada');
    expect(await linksOf(tenant)).toEqual(['sub-of-ada']);
  });

  test('F17: after a sign-out only the button signs in again, with what the provider still holds', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const jar = newProviderJar();
    await signInThrough(browser, connection, 'ada', jar);
    await browser.submit('/home', {}, { button: 'Sign out' });
    expect(await whoIs(browser)).toBeUndefined();
    await admin()`update policies set password_hidden = true where tenant_id = ${tenant.id}`;
    for (const path of ['/sign-in', '/signed-out']) {
      const page = await browser.get(path);
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.body).not.toMatch(/http-equiv="?refresh/i);
    }
    // No form is filled in: the provider knows him still.
    const back = await throughProvider(await startAt(browser, connection), 'nobody at all', jar);
    await browser.get(pathOf(back));
    expect(await whoIs(browser)).toBe('ada');
  });

  test('two tenants at once, each with a provider and a user of the same name', async () => {
    const offices = [await company(provider), await company(other)];
    const everybody = offices.flatMap((office) => ['ada', 'bob'].map((name) => ({ ...office, name })));
    for (let round = 0; round < 3; round++) {
      const trips = everybody.map(async ({ tenant, connection, name }) => {
        const browser = at(tenant);
        expect((await signInThrough(browser, connection, name)).location).toBe('/home');
        expect(await whoIs(browser)).toBe(name);
        const hash = createHash('sha256')
          .update(browser.jar.get('__Host-sid') ?? '')
          .digest();
        const rows = await admin()`select tenant_id, connection_id from sessions where token_hash = ${hash}`;
        expect([...rows]).toEqual([{ tenant_id: tenant.id, connection_id: connection }]);
      });
      await Promise.all(trips);
    }
    for (const { tenant } of offices) expect(await sessionsOf(tenant)).toBe(6);
  });
});

describe('the connection', () => {
  test.each(['draft', 'tested'] as const)(
    'that is %s refuses at its button and in the middle of a flow',
    async (state) => {
      const { tenant, connection } = await company();
      const browser = at(tenant);
      const back = pathOf(await throughProvider(await startAt(browser, connection), 'ada'));
      await setState(connection, state);
      await expectRefused(tenant, browser, await browser.get(back), 'disabled');
      await expectRefused(tenant, browser, await browser.get(`/sso/start/${connection}`), 'disabled');
      expect(provider.asked).not.toContain('POST /token');
    },
  );

  test('that is switched off, or gone, or of a tenant without single sign-on refuses in the middle of a flow', async () => {
    const { tenant, connection } = await company();
    const browser = at(tenant);
    const begin = async () => pathOf(await throughProvider(await startAt(browser, connection), 'ada'));
    const off = await begin();
    await setEnabled(tenant, connection, false, cause);
    await expectRefused(tenant, browser, await browser.get(off), 'disabled');
    await setEnabled(tenant, connection, true, cause);
    const unentitled = await begin();
    await admin()`update tenants set entitlements = '{}' where id = ${tenant.id}`;
    await expectRefused(tenant, browser, await browser.get(unentitled), 'disabled');
    await admin()`update tenants set entitlements = '{single-sign-on}' where id = ${tenant.id}`;
    const gone = await begin();
    await admin()`delete from sso_connections where id = ${connection}`;
    await expectRefused(tenant, browser, await browser.get(gone), 'flow-missing');
    expect(provider.asked).not.toContain('POST /token');
  });

  test('F06: whose provider says that it is another cannot be enabled, and says why', async () => {
    const one = await start({ users: USERS });
    const { tenant } = await company(one);
    const connection = await newOidcConnection(tenant, one, { label: 'New', state: 'draft' });
    const browser = await administrator(tenant);
    one.turn({ discovery: { issuer: `${one.issuer}/` } });
    const answer = await browser.get(`/sso/start/${connection}?purpose=test`);
    const report = await reportAt(answer.location);
    expect(report).toMatchObject({ ok: false, reason: 'discovery-issuer' });
    expect(report.checks).toEqual([
      {
        name: 'discovery',
        ok: false,
        detail: expect.objectContaining({ expected: one.issuer, issuer: `${one.issuer}/` }),
      },
    ]);
    expect(await putState(tenant, connection, 'beside', cause)).toMatchObject({ ok: false, error: 'not-tested' });
  });

  test('in a test shows every step, opens no session, and becomes tested', async () => {
    const { tenant } = await company();
    const connection = await newOidcConnection(tenant, provider, { label: 'New', state: 'draft' });
    const browser = await administrator(tenant);
    const start = await startAt(browser, connection, '?purpose=test');
    const before = [await whoIs(browser), await sessionsOf(tenant)];
    const answer = await browser.get(pathOf(await throughProvider(start, 'ada')));
    const report = await reportAt(answer.location);
    expect(report).toMatchObject({ ok: true, reason: null });
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual(
      ['discovery', 'response', 'keys', 'signature', 'issuer', 'audience', 'times', 'nonce', 'attributes', 'user'].map(
        (name) => [name, true],
      ),
    );
    expect(report.checks.at(-1)?.detail).toMatchObject({ email: 'ada@kettle.example', name: 'Robin Achterberg' });
    expect([await whoIs(browser), await sessionsOf(tenant)]).toEqual(before);
    expect(await linksOf(tenant)).toEqual([]);
    expect(await putState(tenant, connection, 'beside', cause)).toMatchObject({ ok: true });
  });

  test.each([
    ['signature', { signature: 'foreign' }, 'signature', ['discovery', 'response', 'keys']],
    ['audience', { idToken: { aud: 'another' } }, 'audience', ['discovery', 'response', 'keys', 'signature', 'issuer']],
    ['nonce', { idToken: { nonce: 'x' } }, 'nonce', ['signature', 'issuer', 'audience', 'times']],
    ['user', { idToken: { email: 'nobody@kettle.example' } }, 'no-match', ['signature', 'nonce', 'attributes']],
  ] as const)('in a test that fails at the %s says so and stays a draft', async (name, knobs, reason, fine) => {
    const { tenant } = await company();
    const connection = await newOidcConnection(tenant, provider, { label: 'New', state: 'draft' });
    const browser = await administrator(tenant);
    provider.turn(knobs as Knobs);
    const start = await startAt(browser, connection, '?purpose=test');
    const report = await reportAt((await browser.get(pathOf(await throughProvider(start, 'ada')))).location);
    expect(report).toMatchObject({ ok: false, reason });
    expect(report.checks.filter(({ ok }) => !ok).map((check) => check.name)).toEqual([name]);
    for (const one of fine) expect(report.checks).toContainEqual(expect.objectContaining({ name: one, ok: true }));
    expect(await putState(tenant, connection, 'beside', cause)).toMatchObject({ ok: false, error: 'not-tested' });
  });

  test('a connection test accepts only the administrator who started it', async () => {
    const { tenant, connection } = await company();
    const visitorAnswer = await at(tenant).get(`/sso/start/${connection}?purpose=test`);
    expect(visitorAnswer.location).toMatch(/^\/sign-in\?/);
    const agent = at(tenant);
    await signInThrough(agent, connection, 'ada');
    expect((await agent.get(`/sso/start/${connection}?purpose=test`)).status).toBe(404);
  });
});

describe('the provider', () => {
  test('F14: at an address that is not public, by name, by number and by redirect', async () => {
    const { tenant } = await company();
    for (const issuer of [
      'http://169.254.169.254',
      'http://169.254.169.254/latest/meta-data',
      'https://10.1.2.3',
      'https://[fd00:ec2::254]',
      'http://provider.example',
      'https://user:secret@93.184.215.14',
    ]) {
      const connection = await newOidcConnection(tenant, { issuer });
      const browser = at(tenant);
      await expectRefused(tenant, browser, await browser.get(`/sso/start/${connection}`), 'address-refused');
    }
    const one = await start({ users: USERS });
    const connection = await newOidcConnection(tenant, one);
    const browser = at(tenant);
    const away = (_request: unknown, response: ServerResponse) =>
      void response.writeHead(302, { location: 'http://169.254.169.254/openid-configuration' }).end();
    one.turn({ instead: { '/.well-known/openid-configuration': away } });
    await expectRefused(tenant, browser, await browser.get(`/sso/start/${connection}`), 'address-refused');
  });

  test('F14: whose document names private addresses for the next steps', async () => {
    const { tenant } = await company();
    for (const field of ['token_endpoint', 'jwks_uri', 'authorization_endpoint']) {
      const one = await start({ users: USERS });
      one.turn({ discovery: { [field]: 'http://192.168.0.1/' } });
      const connection = await newOidcConnection(tenant, one);
      const browser = at(tenant);
      const answer = await browser.get(`/sso/start/${connection}`);
      expect((await expectRefused(tenant, browser, answer, 'discovery')).received.field).toBe(field);
    }
  });

  test('F14: on this machine, where our own address is public', async () => {
    const { tenant, connection } = await company();
    const app = await startApp({ PUBLIC_URL: 'https://front.example' });
    try {
      const browser = visitor({ port: app.port, host: `${tenant.slug}.front.example` });
      const answer = await browser.get(`/sso/start/${connection}`);
      await expectRefused(tenant, browser, answer, 'address-refused');
      expect(provider.asked).toEqual([]);
    } finally {
      await app.stop();
    }
  });

  test.each([
    ['answers with nonsense', (response: ServerResponse) => response.end('nonsense'), 'discovery'],
    ['answers 404', (response: ServerResponse) => response.writeHead(404).end(), 'discovery'],
    ['lacks a field', (response: ServerResponse) => json(response, 200, { issuer: 'x' }), 'discovery'],
    ['breaks off', (response: ServerResponse) => response.destroy(), 'provider-unreachable'],
  ])('whose document %s', async (_what, say, reason) => {
    const one = await start({ users: USERS });
    const { tenant, connection } = await company(one);
    one.turn({ instead: { '/.well-known/openid-configuration': (_request, response) => void say(response) } });
    const browser = at(tenant);
    await expectRefused(tenant, browser, await browser.get(`/sso/start/${connection}`), reason);
  });

  test('that is not there', async () => {
    const { tenant } = await company();
    const connection = await newOidcConnection(tenant, { issuer: 'http://127.0.0.1:1' });
    const browser = at(tenant);
    await expectRefused(tenant, browser, await browser.get(`/sso/start/${connection}`), 'provider-unreachable');
    const page = await browser.get('/sign-in');
    expect([page.status, page.ms < 2000]).toEqual([200, true]);
  });

  test('whose keys are not to be had', async () => {
    const one = await start({ users: USERS });
    const { tenant, connection } = await company(one);
    one.turn({ instead: { '/jwks': (_request, response) => json(response, 200, { keys: [] }) } });
    const browser = at(tenant);
    await expectRefused(tenant, browser, await signInThrough(browser, connection, 'ada'), 'keys');
  });

  test('F13: that hangs, wherever we ask it, is left after 8 s, and no transaction waits for it', async () => {
    const paths = ['/.well-known/openid-configuration', '/token', '/jwks'];
    const hung = await Promise.all(paths.map(hangingAt));
    await Promise.all(hung.map(({ reached }) => reached));
    const waiting = await admin()`select state, query from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'gatehouse' and xact_start is not null`;
    expect(waiting).toHaveLength(0);
    for (const { tenant, browser, answering } of hung) {
      const answer = await answering;
      await expectRefused(tenant, browser, answer, 'provider-slow');
      expect(answer.ms).toBeGreaterThan(6500);
      expect(answer.ms).toBeLessThan(10_000);
    }
  });
});

/** A company whose provider never answers at `path`, and a browser of its that is on its way. */
async function hangingAt(path: string) {
  const one = await start({ users: USERS });
  const { tenant, connection } = await company(one);
  const browser = at(tenant);
  const reached = new Promise<void>((fulfil) => {
    one.turn({ instead: { [path]: () => fulfil() } });
  });
  const answering =
    path === '/.well-known/openid-configuration'
      ? browser.get(`/sso/start/${connection}`)
      : signInThrough(browser, connection, 'ada');
  return { tenant, browser, reached, answering };
}

async function start(options: Parameters<typeof startOidcProvider>[0]) {
  const one = await startOidcProvider(options);
  started.push(one);
  return one;
}

/** A tenant with single sign-on through a provider, and by default two people whom that knows. */
async function company(one = provider, people = ['ada', 'bob']) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  for (const name of people) await newUser(tenant, { username: name, email: `${name}@kettle.example` });
  return { tenant, connection: await newOidcConnection(tenant, one) };
}

function at(tenant: { host: string }) {
  return visitor({ port: running.app().port, host: tenant.host });
}

async function administrator(tenant: Awaited<ReturnType<typeof newTenant>>) {
  const user = await newUser(tenant, { username: 'admin', role: 'administrator', email: null });
  const browser = at(tenant);
  await browser.signIn(user.username, user.password);
  return browser;
}

async function linksOf({ id }: { id: string }) {
  const rows = await admin()`select subject from sso_links where tenant_id = ${id} order by subject`;
  return rows.map(({ subject }) => subject);
}

async function reportAt(location: string | undefined) {
  const address = new URL(location ?? '', 'http://here.invalid');
  expect(address.pathname).toMatch(/^\/admin\/single-sign-on\/[0-9a-f-]{36}\/test$/);
  const [row] = await admin()`select result from sso_flows where id = ${address.searchParams.get('flow') ?? ''}`;
  return row?.result as {
    ok: boolean;
    reason: string | null;
    checks: { name: string; ok: boolean; detail?: unknown }[];
  };
}

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function tokens(idToken: unknown) {
  return { access_token: 'x', token_type: 'bearer', id_token: idToken };
}
