import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import type { OidcSettings } from '@/db/schema/sso-settings';
import type { Cause } from '@/lib/audit/record';
import { findPolicy } from '@/lib/policies/find';
import { findConnection } from '@/lib/sso/connections/connections';
import { finishOidc } from '@/lib/sso/oidc/finish';
import { connectOidc, type OidcForm } from '@/lib/sso/oidc/set-up';
import { startOidc } from '@/lib/sso/oidc/start';
import { findFailure } from '@/lib/sso/sign-in/failures';
import type { TestReport } from '@/lib/sso/sign-in/test-reports';
import { admin } from '@/tests/support/clock';
import { CLIENT, type Knobs, startOidcProvider, throughProvider } from '@/tests/support/oidc-provider';
import { newOidcConnection } from '@/tests/support/sso';
import { newTenant, newUser } from '@/tests/support/users';

/** What real providers send, and leave out. */

type Tenant = Awaited<ReturnType<typeof newTenant>>;

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const EMAIL = 'ada@kettle.example';
const ADA = { name: 'ada', claims: { email: EMAIL, email_verified: true, given_name: 'Ada', family_name: 'Byron' } };
const SILENT = { name: 'silent', claims: { email: EMAIL } };
const stops: (() => unknown)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

describe('a discovery document', () => {
  test.each([
    ...['userinfo_endpoint', 'end_session_endpoint'].flatMap((field) =>
      [null, '', 'http://idp.example.com/x', 'http://10.0.0.5/x', 7].map((value) => ({ [field]: value })),
    ),
    { id_token_signing_alg_values_supported: null },
    { authorization_response_iss_parameter_supported: null },
  ])('may have %j, which counts as absent', async (discovery) => {
    const { provider, tenant } = await company();
    provider.turn({ discovery });
    expect(await trip(tenant, await newOidcConnection(tenant, provider), 'ada')).toBe('done');
  });

  test.each(['authorization_endpoint', 'token_endpoint', 'jwks_uri'])(
    'lacks %s, which its form names',
    async (name) => {
      const { provider, tenant } = await company();
      for (const value of [null, '', 'http://idp.example.com/x', 'http://10.0.0.5/x']) {
        provider.turn({ discovery: { [name]: value } });
        const result = await connectOidc(tenant, randomUUID(), { ...FORM, issuer: provider.issuer }, cause);
        expect(result).toMatchObject({ ok: false, error: 'issuer-field', field: 'issuer', name });
      }
    },
  );

  test('of every directory asks for the directory ID, and is followed once that is there', async () => {
    const { provider, tenant } = await company();
    const template = `${provider.issuer}/{tenantid}/v2.0`;
    const which = { ok: false, error: 'entra-which', field: 'entraTenant' };
    const document = await documentOf(provider.issuer, template);
    provider.turn({ instead: { '/common/v2.0/.well-known/openid-configuration': document } });
    for (const issuer of [template, `${provider.issuer}/common/v2.0`, 'https://login.microsoftonline.com/common/v2.0'])
      expect([issuer, await connectOidc(tenant, randomUUID(), { ...FORM, issuer }, cause)]).toEqual([issuer, which]);
    const directory = randomUUID();
    const own = await documentOf(provider.issuer, `${provider.issuer}/${directory}/v2.0`);
    provider.turn({ instead: { [`/${directory}/v2.0/.well-known/openid-configuration`]: own } });
    const form = { ...FORM, issuer: template, entraTenant: directory };
    expect(await connectOidc(tenant, randomUUID(), form, cause)).toMatchObject({ ok: true });
  });

  test('with keys of one application: the query of its address is kept, and only its keys count', async () => {
    const { provider, tenant } = await company();
    const [shared, own] = [await company(), provider];
    const answer = (keys: string) => documentOf(own.issuer, own.issuer, { jwks_uri: `${keys}/jwks` });
    const [usual, ofApplication] = [await answer(shared.provider.issuer), await answer(own.issuer)];
    const where = '/.well-known/openid-configuration';
    own.turn({
      instead: {
        [where]: (request, response) =>
          request.url?.endsWith('?appid=x') ? ofApplication(request, response) : usual(request, response),
      },
    });
    const plain = await newOidcConnection(tenant, own);
    expect(await trip(tenant, plain, 'ada')).toBe('unknown-key');
    const id = randomUUID();
    const form = { ...FORM, issuer: `${own.issuer}${where}?appid=x` };
    expect(await connectOidc(tenant, id, form, cause)).toMatchObject({ ok: true });
    await admin()`update sso_connections set state = 'beside' where id = ${id}`;
    expect(await trip(tenant, id, 'ada')).toBe('done');
    expect((await findConnection(tenant, id))?.issuer).toBe(own.issuer);
  });
});

describe('an answer to the code', () => {
  test.each<Knobs>([
    ...[null, ''].flatMap((value) => [
      { tokens: { refresh_token: value } },
      { tokens: { scope: value } },
      { tokens: { expires_in: value } },
      { tokens: { token_type: value } },
      { tokens: { access_token: value } },
    ]),
    { tokens: { expires_in: '300' } },
    ...['auth_time', 'azp', 'nbf', 'acr', 'amr', 'sid', 'given_name'].map((claim) => ({ idToken: { [claim]: null } })),
  ])('may have %j', async (knobs) => {
    const { provider, tenant } = await company();
    provider.turn(knobs);
    expect(await trip(tenant, await newOidcConnection(tenant, provider), 'ada')).toBe('done');
  });

  test.each([null, '', 7])('without an ID token (%j) identifies no user', async (id_token) => {
    const { provider, tenant } = await company();
    provider.turn({ tokens: { id_token } });
    expect(await trip(tenant, await newOidcConnection(tenant, provider), 'ada')).toBe('no-id-token');
  });
});

describe('Entra', () => {
  const tid = randomUUID();
  test.each([
    [{ xms_edov: true }, 'done'],
    [{ xms_edov: 'true' }, 'done'],
    [{ xms_edov: 1 }, 'done'],
    [{ xms_edov: '1' }, 'done'],
    [{}, 'email-unverified'],
    [{ xms_edov: null }, 'email-unverified'],
    ...[false, 'false', 0, '0', 'yes', 2].map((xms_edov) => [{ xms_edov }, 'email-unverified'] as const),
    [{ xms_edov: true, email_verified: false }, 'email-unverified'],
    [{ xms_edov: false, email_verified: true }, 'email-unverified'],
  ] as const)('sends %j', async (claims, outcome) => {
    const { provider, tenant } = await company();
    provider.turn({ idToken: { email_verified: undefined, tid, ...claims } });
    const pinned = await newOidcConnection(tenant, provider, { settings: { entraTenant: tid } });
    expect(await trip(tenant, pinned, 'silent')).toBe(outcome);
  });

  test('vouches by xms_edov for the address beside it, and for none of userinfo', async () => {
    const { provider, tenant } = await company();
    const pinned = await newOidcConnection(tenant, provider, { settings: { entraTenant: tid } });
    for (const claim of ['xms_edov', 'email_verified'] as const) {
      provider.turn({ idToken: { email: undefined, email_verified: undefined, tid, [claim]: true } });
      expect([claim, await trip(tenant, pinned, 'silent')]).toEqual([claim, 'email-unverified']);
    }
    provider.turn({ idToken: { email: undefined, email_verified: undefined, tid } });
    expect(await trip(tenant, pinned, 'ada')).toBe('done');
  });

  test('alone says so by xms_edov', async () => {
    const { provider, tenant } = await company();
    for (const xms_edov of [true, '1']) {
      provider.turn({ idToken: { xms_edov } });
      expect(await trip(tenant, await newOidcConnection(tenant, provider), 'silent')).toBe('email-unverified');
    }
  });
});

describe('a provider that says nothing about addresses', () => {
  const trusting = { emailDomains: ['kettle.example'], settings: { trustsAddresses: true } as Partial<OidcSettings> };

  test('is trusted in the domains where an administrator chose so, and never against its own no', async () => {
    const { provider, tenant } = await company();
    expect(await trip(tenant, await newOidcConnection(tenant, provider), 'silent')).toBe('email-unverified');
    const connection = await newOidcConnection(tenant, provider, trusting);
    for (const claim of ['email_verified', 'xms_edov'])
      for (const no of [false, 'false', 0, '0']) {
        provider.turn({ idToken: { [claim]: no } });
        expect([claim, no, await trip(tenant, connection, 'silent')]).toEqual([claim, no, 'email-unverified']);
      }
    provider.turn({ idToken: { email: 'eve@evil-kettle.example' } });
    expect(await trip(tenant, connection, 'silent')).toBe('email-unverified');
    provider.turn({});
    expect(await trip(tenant, connection, 'silent')).toBe('done');
  });

  test('is asked at userinfo for what the ID token lacks, about the same subject and address', async () => {
    const { provider, tenant } = await company();
    const connection = await newOidcConnection(tenant, provider);
    const told = async (body: object) => {
      provider.turn({ instead: { '/me': (_request, response) => json(response, 200, body) } });
      return trip(tenant, connection, 'silent');
    };
    const sub = 'sub-of-silent';
    expect(await told({ sub: 'another', email: EMAIL, email_verified: true })).toBe('userinfo');
    expect(await told({ email: EMAIL, email_verified: true })).toBe('userinfo');
    expect(await told({ sub, email: 'other@kettle.example', email_verified: true })).toBe('email-unverified');
    expect(await told({ sub, email_verified: true })).toBe('email-unverified');
    expect(await told({ sub, email: EMAIL, email_verified: false })).toBe('email-unverified');
    expect(await told({ sub, email: EMAIL, email_verified: true })).toBe('done');
  });

  test('signs in users who are linked already when userinfo fails', async () => {
    const { provider, tenant } = await company();
    const connection = await newOidcConnection(tenant, provider);
    provider.turn({ idToken: { email_verified: true } });
    expect(await trip(tenant, connection, 'silent')).toBe('done');
    provider.turn({ instead: { '/me': (_request, response) => void response.writeHead(500).end() } });
    expect(await trip(tenant, connection, 'silent')).toBe('done');
  });

  test('gets no token to another server, whatever it redirects to', async () => {
    const { provider, tenant } = await company();
    const seen: unknown[] = [];
    const other = createServer(({ headers }, response) => {
      seen.push(headers.authorization);
      json(response, 200, { sub: 'sub-of-silent', email: EMAIL, email_verified: true });
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    stops.push(() => other.close());
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/me`;
    provider.turn({ instead: { '/me': (_request, response) => void response.writeHead(302, { location }).end() } });
    expect(await trip(tenant, await newOidcConnection(tenant, provider), 'silent')).toBe('userinfo');
    expect(seen).toEqual([]);
  });
});

describe('a test', () => {
  test.each([
    [{}, 'email-unverified', ['userinfo:true', 'attributes:false']],
    [{ idToken: { email_verified: false } }, 'email-unverified', ['attributes:false']],
    [
      { instead: { '/me': (_request: unknown, response: ServerResponse) => void response.writeHead(503).end() } },
      'userinfo',
      ['userinfo:false', 'attributes:true'],
    ],
    [{ idToken: { email_verified: true, email: 'no@kettle.example' } }, 'no-match', ['attributes:true', 'user:false']],
  ] as const)('marks the check that failed: %j', async (knobs, reason, checks) => {
    const { provider, tenant } = await company();
    provider.turn(knobs as unknown as Knobs);
    const connection = await newOidcConnection(tenant, provider, { state: 'draft' });
    const report = await testReport(tenant, connection, 'silent');
    expect(report).toMatchObject({ ok: false, reason });
    expect(report.checks.slice(-checks.length).map(({ name, ok }) => `${name}:${ok}`)).toEqual(checks);
  });
});

const FORM: OidcForm = {
  label: 'Kettle',
  issuer: '',
  clientId: CLIENT.id,
  secret: CLIENT.secret,
  secretExpiresAt: null,
  scopes: 'openid email profile',
  tokenAuth: 'client_secret_basic',
  entraTenant: '',
  logout: true,
  trustsAddresses: false,
  createUsers: false,
  createRole: 'agent',
  emailDomains: '',
};

async function company() {
  const provider = await startOidcProvider({ users: [ADA, SILENT] });
  stops.push(() => provider.stop());
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  await newUser(tenant, { email: EMAIL });
  await newUser(tenant, { email: 'eve@evil-kettle.example' });
  return { provider, tenant };
}

/** Returns a handler that answers with the usual document under another issuer. */
async function documentOf(address: string, issuer: string, more: object = {}) {
  const usual = await (await fetch(`${address}/.well-known/openid-configuration`)).json();
  const body = { ...usual, issuer, ...more };
  return (_request: unknown, response: ServerResponse) => json(response, 200, body);
}

/** Returns what comes of a sign-in: the next step, or the reason of its refusal. */
async function trip(tenant: Tenant, connection: string, name: string) {
  const finished = await roundTrip(tenant, connection, name, 'sign-in');
  if (finished.ok) return finished.next;
  const code = new URL(finished.address, 'http://here.invalid').searchParams.get('sso') ?? '';
  return (await findFailure(tenant, code))?.reason;
}

async function testReport(tenant: Tenant, connection: string, name: string) {
  const finished = await roundTrip(tenant, connection, name, 'test');
  if (finished.ok) throw new Error('a test signed in');
  const flow = new URL(finished.address, 'http://here.invalid').searchParams.get('flow') ?? '';
  const [row] = await admin()`select result from sso_flows where id = ${flow}`;
  return row?.result as TestReport;
}

async function roundTrip(tenant: Tenant, id: string, name: string, purpose: 'sign-in' | 'test') {
  const connection = await findConnection(tenant, id);
  if (connection?.protocol !== 'oidc') throw new Error('no connection');
  const start = { purpose, returnTo: null, userId: null, browser: undefined };
  const { address, browser } = await startOidc(tenant, connection, start, cause);
  if (!address.startsWith('http:')) return { ok: false as const, address };
  const back = new URL(await throughProvider(address, name));
  const policy = await findPolicy(tenant);
  return finishOidc(
    tenant,
    policy,
    id,
    { query: back.searchParams, browser: { token: browser, sessionId: undefined } },
    cause,
  );
}

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
