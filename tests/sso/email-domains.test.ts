import { describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { exportTenant } from '@/lib/operators/tenants/export';
import { findPolicy } from '@/lib/policies/find';
import type { Identity } from '@/lib/sso/answer';
import { type Connection, findConnection } from '@/lib/sso/connections/connections';
import { hasEmailIn, readDomains } from '@/lib/sso/connections/email-domains';
import { isShared } from '@/lib/sso/connections/issuers';
import { updateConnection } from '@/lib/sso/connections/update';
import { connectOidc, type OidcForm } from '@/lib/sso/oidc/set-up';
import { connectSaml } from '@/lib/sso/saml/set-up';
import { previewMatch } from '@/lib/sso/sign-in/match-user';
import { reportTest } from '@/lib/sso/sign-in/report';
import { signInIdentity } from '@/lib/sso/sign-in/sign-in-identity';
import { admin } from '@/tests/support/clock';
import { identity, newConnection } from '@/tests/support/connections';
import { newTenant, newUser } from '@/tests/support/users';

/** Whose addresses a connection links and creates users for. */

type Tenant = Awaited<ReturnType<typeof newTenant>>;

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const DOMAINS = { emailDomains: ['kettle.example', 'xn--bcher-kva.example'] };
const OUTSIDE = [
  'stranger@gmail.example',
  'eve@evil-kettle.example',
  'eve@kettle.example.evil.example',
  'eve@sub.kettle.example',
  'eve@kettle.exampl',
  'eve@kettlexexample.org',
  'eve@xn--ettle-yya.example',
];

describe('a connection that creates users', () => {
  test('creates no user outside its domains, and administrators only inside them', async () => {
    const tenant = await office();
    const connection = await newConnection(tenant, { createUsers: true, createRole: 'administrator', ...DOMAINS });
    for (const email of OUTSIDE) {
      expect([email, await come(tenant, connection, { email })]).toEqual([email, 'email-outside']);
      expect(await previewMatch(tenant, connection, identity(connection, { email }))).toBe('email-outside');
    }
    for (const email of ['eve@kettle.example.', 'eve@kettle.example@gmail.example'])
      expect([email, await come(tenant, connection, { email })]).toEqual([email, 'email-missing']);
    expect(await rolesOf(tenant)).toEqual([]);
    expect(await come(tenant, connection, { email: 'Ada@KETTLE.example' })).toBe('done');
    expect(await come(tenant, connection, { email: 'bea@xn--bcher-kva.example' })).toBe('done');
    expect(await come(tenant, connection, { email: 'eve@bücher.example' })).toBe('done');
    expect(await rolesOf(tenant)).toEqual(['administrator', 'administrator', 'administrator']);
  });

  test('without domains links users, but creates none and grants no role until domains are set', async () => {
    const tenant = await office();
    const connection = await newConnection(tenant, { createUsers: true, createRole: 'administrator' });
    const user = await newUser(tenant);
    expect(await come(tenant, connection, { email: 'stranger@gmail.example' })).toBe('domains-missing');
    expect(await previewMatch(tenant, connection, identity(connection, { email: 'ada@kettle.example' }))).toBe(
      'domains-missing',
    );
    expect(await come(tenant, connection, { email: user.email })).toBe('done');
    await updateConnection(tenant, connection.id, DOMAINS, cause);
    expect(await come(tenant, connection, { email: 'stranger@gmail.example' })).toBe('email-outside');
    expect(await come(tenant, connection, { email: 'ada@kettle.example' })).toBe('done');
    expect(await rolesOf(tenant)).toEqual(['administrator']);
  });

  test('of Google’s accepts an account of its organization only, whatever its address', async () => {
    const tenant = await office();
    const google = { issuer: 'https://accounts.google.com', createUsers: true, ...DOMAINS };
    const connection = await newConnection(tenant, google);
    const by = (hostedDomain: string | null | undefined) =>
      come(tenant, connection, { email: 'ada@kettle.example', hostedDomain });
    for (const hosted of [undefined, null, 'evil.example', 'sub.kettle.example'])
      expect([hosted, await by(hosted)]).toEqual([hosted, 'email-outside']);
    expect(await by('Kettle.example')).toBe('done');
    const other = await newConnection(tenant, { createUsers: true, ...DOMAINS });
    const elsewhere = { email: 'bea@kettle.example', hostedDomain: 'evil.example' };
    expect(await come(tenant, other, elsewhere)).toBe('email-outside');
  });
});

describe('linking by address', () => {
  test('is bound to the domains where there are any; a user linked before stays linked by subject', async () => {
    const tenant = await office();
    const connection = await newConnection(tenant);
    const [early, late] = [await newUser(tenant), await newUser(tenant)];
    const named = identity(connection, { email: early.email });
    expect(await come(tenant, connection, named)).toBe('done');
    await updateConnection(tenant, connection.id, DOMAINS, cause);
    expect(await come(tenant, connection, { email: late.email })).toBe('email-outside');
    expect(await come(tenant, connection, named)).toBe('done');
  });

  test('an address that the provider says nothing about counts only where it is trusted, in the domains, and said by no one else', async () => {
    const trusting = { ...SETTINGS, trustsAddresses: true };
    const user = { email: 'ada@kettle.example' };
    const tenant = await office();
    await newUser(tenant, user);
    await newUser(tenant, { email: 'bob@elsewhere.example' });
    const trip = async (issuer: string, settings: typeof trusting, domains: string[], more: Partial<Identity>) => {
      const connection = await newConnection(tenant, { issuer, emailDomains: domains });
      await updateConnection(tenant, connection.id, { settings }, cause);
      await admin()`update sso_connections set state = 'beside' where id = ${connection.id}`;
      return come(tenant, connection, { ...user, emailVerified: null, ...more });
    };
    const [own, domains] = ['https://idp.kettle.example', DOMAINS.emailDomains];
    expect(await trip(own, trusting, domains, {})).toBe('done');
    expect(await trip(own, trusting, domains, { emailVerified: false })).toBe('email-unverified');
    expect(await trip(own, trusting, domains, { email: 'bob@elsewhere.example' })).toBe('email-unverified');
    expect(await trip(own, trusting, [], {})).toBe('email-unverified');
    expect(await trip(own, { ...trusting, trustsAddresses: false }, domains, {})).toBe('email-unverified');
    for (const shared of SHARED)
      expect([shared, await trip(shared, trusting, domains, {})]).toEqual([shared, 'email-unverified']);
  });
});

describe('the form of a connection', () => {
  test.each([
    ['kettle.example', ['kettle.example']],
    [' @Kettle.Example,\nbücher.example; kettle.example. ', ['kettle.example', 'xn--bcher-kva.example']],
    ['', []],
  ])('reads %j', (emailDomains, domains) => {
    expect(readDomains({ emailDomains, createUsers: false, createRole: 'agent' })).toEqual({ ok: true, domains });
  });

  test.each([
    ...['kettle', '*.kettle.example', 'ada@kettle.example', 'https://kettle.example', 'kettle.example/x', '10.0.0.1'],
    ...['kettle..example', '-kettle.example', 'kettle.example#x', 'kettle_x.example', '１.2.3.4', 'xn--a.example'],
  ])('refuses %j as a domain', (emailDomains) => {
    expect(readDomains({ emailDomains, createUsers: false, createRole: 'agent' })).toMatchObject({
      error: 'domain-invalid',
      field: 'emailDomains',
    });
  });

  test.each([
    ...[
      'gmail.com',
      'GoogleMail.com',
      'outlook.com',
      'outlook.fr',
      'hotmail.co.uk',
      'live.ca',
      'yahoo.com.br',
      'gmx.de',
    ],
    ...[
      'icloud.com',
      'me.com',
      'proton.me',
      'pm.me',
      'protonmail.com',
      'videotron.ca',
      'orange.fr',
      'qq.com',
      'ｇmail.com',
    ],
  ])('refuses %j, where anyone can get an address', (emailDomains) => {
    expect(readDomains({ emailDomains, createUsers: true, createRole: 'agent' })).toMatchObject({
      error: 'domain-public',
      field: 'emailDomains',
    });
  });

  test('demands domains where users are created, get a role above agent, or addresses are trusted', async () => {
    const none = { ok: false, error: 'domains-required', field: 'emailDomains' };
    const tenant = await office();
    for (const more of [{ createUsers: true }, { createRole: 'administrator' as const }, { trustsAddresses: true }])
      expect(await connectOidc(tenant, crypto.randomUUID(), { ...FORM, ...more }, cause)).toEqual(none);
    const saml = {
      ...{ ...FORM, source: 'text' as const, metadata: '<none/>', metadataUrl: '' },
      ...{ emailAttribute: '', responseSigned: false, idpInitiated: false, createUsers: true },
    };
    expect(await connectSaml(tenant, crypto.randomUUID(), saml, cause)).toEqual(none);
  });

  test.each(sharedIssuers())('offers no trust for %s', async (issuer) => {
    expect(isShared(issuer)).toBe(true);
    const form = { ...FORM, issuer, trustsAddresses: true, emailDomains: 'kettle.example' };
    const result = await connectOidc(await office(), crypto.randomUUID(), form, cause);
    expect(result).toMatchObject({ ok: false, error: expect.stringMatching(/^(trust-shared|entra-which)$/) });
  });
});

test('domains hold an address to the letter', () => {
  expect(hasEmailIn(['kettle.example'], 'Ada@Kettle.EXAMPLE')).toBe(true);
  for (const email of [...OUTSIDE, 'kettle.example.', 'ada@'])
    expect(hasEmailIn(['kettle.example'], email)).toBe(false);
  expect(hasEmailIn([], 'ada@kettle.example')).toBe(false);
});

test('a test marks the address outside the domains, and not the user', async () => {
  const tenant = await office();
  const connection = await newConnection(tenant, { state: 'draft', ...DOMAINS });
  const named = identity(connection, { email: 'stranger@gmail.example' });
  const [flow] = await admin()<{ id: string }[]>`
    insert into sso_flows (tenant_id, connection_id, purpose, browser_hash, expires_at)
    values (${tenant.id}, ${connection.id}, 'test', '\\x00', now() + interval '10 minutes') returning id`;
  const answer = { ok: true as const, identity: named, received: {}, checks: [] };
  await reportTest(tenant, connection, { id: flow?.id ?? '' }, answer);
  const [row] = await admin()`select result from sso_flows where id = ${flow?.id ?? ''}`;
  expect(row?.result).toMatchObject({ ok: false, reason: 'email-outside', checks: [{ name: 'domains', ok: false }] });
});

test('the export names the domains', async () => {
  const tenant = await office();
  await newConnection(tenant, DOMAINS);
  let text = '';
  for await (const part of exportTenant(tenant, cause)) text += part;
  expect(text).toContain(JSON.stringify(DOMAINS).slice(1, -1));
});

const SETTINGS = {
  clientId: 'gatehouse',
  scopes: ['openid', 'email'],
  tokenAuth: 'client_secret_basic' as const,
  entraTenant: null,
  logout: true,
};
const FORM: OidcForm = {
  label: 'Kettle',
  issuer: 'https://idp.kettle.example',
  clientId: 'gatehouse',
  secret: 'a secret',
  secretExpiresAt: null,
  scopes: 'openid email',
  tokenAuth: 'client_secret_basic',
  entraTenant: '',
  logout: true,
  trustsAddresses: false,
  createUsers: false,
  createRole: 'agent',
  emailDomains: '',
};
const SHARED = sharedIssuers();

function sharedIssuers() {
  const entra = 'https://login.microsoftonline.com';
  return [
    ...[
      'https://accounts.google.com',
      'https://gitlab.com',
      'https://github.com/login/oauth',
      'https://login.live.com',
    ],
    ...['https://www.linkedin.com/oauth', 'https://www.facebook.com', 'https://appleid.apple.com'],
    ...[`${entra}/common/v2.0`, `${entra}/organizations/v2.0`, `${entra}/consumers/v2.0`],
    `${entra}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`,
    'https://login.microsoftonline.us/common/v2.0',
  ];
}

function office() {
  return newTenant({ entitlements: ['single-sign-on'] });
}

async function come(tenant: Tenant, { id }: Connection, named: Partial<Identity>) {
  const connection = await findConnection(tenant, id);
  if (!connection) throw new Error('no connection');
  const policy = await findPolicy(tenant);
  const arrived = await signInIdentity(
    tenant,
    policy,
    connection,
    { identity: identity(connection, named), returnTo: null },
    cause,
  );
  return arrived.ok ? arrived.next : arrived.reason;
}

async function rolesOf(tenant: Tenant) {
  const rows = await admin()<{ role: string }[]>`
    select u.role from users u join sso_links l on l.tenant_id = u.tenant_id and l.user_id = u.id
    where u.tenant_id = ${tenant.id} and u.username in ('ada', 'bea', 'stranger', 'eve')`;
  return rows.map(({ role }) => role);
}
