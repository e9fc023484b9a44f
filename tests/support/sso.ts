import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { OidcSettings } from '@/db/schema/sso-settings';
import { createConnection, type NewConnection } from '@/lib/sso/connections/change';
import { findFailure } from '@/lib/sso/sign-in/failures';
import type { Tenant } from '@/lib/tenants/tenants';
import { eventsOf } from '@/tests/support/audit';
import { type Answer, pathOf, type Visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { CLIENT, newProviderJar, throughProvider } from '@/tests/support/oidc-provider';

const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

/** Creates an OpenID Connect connection, offered beside the password, and returns its id. */
export async function newOidcConnection(
  tenant: Tenant,
  provider: { issuer: string },
  {
    state = 'beside',
    settings,
    ...more
  }: Partial<Omit<NewConnection, 'settings' | 'protocol'>> & {
    state?: 'draft' | 'tested' | 'beside' | 'instead';
    settings?: Partial<OidcSettings>;
  } = {},
) {
  const made = await createConnection(
    tenant,
    {
      protocol: 'oidc',
      label: 'Copper Kettle account',
      issuer: provider.issuer,
      secret: CLIENT.secret,
      secretExpiresAt: null,
      createUsers: false,
      createRole: 'agent',
      ...more,
      settings: {
        clientId: CLIENT.id,
        scopes: ['openid', 'email', 'profile'],
        tokenAuth: 'client_secret_basic',
        entraTenant: null,
        logout: true,
        ...settings,
      },
    },
    cause,
  );
  if (!made.ok) throw new Error(`no connection: ${made.error}`);
  await setState(made.id, state);
  return made.id;
}

/** Sets the state of a connection directly. */
export async function setState(id: string, state: 'draft' | 'tested' | 'beside' | 'instead') {
  await admin()`update sso_connections set state = ${state}, tested_at = now() where id = ${id}`;
}

/** Returns where the button of a connection leads. */
export async function startAt(browser: Visitor, connection: string, query = '') {
  const answer = await browser.get(`/sso/start/${connection}${query}`);
  if (!answer.location) throw new Error(`no way to the provider: ${answer.status} ${answer.text.slice(0, 200)}`);
  return answer.location;
}

/** Returns the response at the end of a round trip: button, provider's form, callback. */
export async function signInThrough(browser: Visitor, connection: string, name: string, jar = newProviderJar()) {
  const back = await throughProvider(await startAt(browser, connection), name, jar);
  return browser.get(pathOf(back));
}

/** Returns the username of this browser's session. */
export async function whoIs(browser: Visitor) {
  const token = browser.jar.get('__Host-sid');
  if (!token) return undefined;
  const hash = createHash('sha256').update(token).digest();
  const [row] = await admin()`
    select u.username from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
    where s.token_hash = ${hash}`;
  return row?.username as string | undefined;
}

/** How many sessions a tenant has. */
export async function sessionsOf(tenant: Tenant) {
  const [row] = await admin()`select count(*)::int as n from sessions where tenant_id = ${tenant.id}`;
  return Number(row?.n);
}

/**
 * Expects a refusal for a reason: a code that leads to it, one event, no new session, and a page
 * that shows the code. Returns the failure.
 */
export async function expectRefused(tenant: Tenant, browser: Visitor, answer: Answer, reason: string, sessions = 0) {
  expect([303, 307]).toContain(answer.status);
  expect(answer.location).toMatch(/^\/sign-in\?sso=[a-z]+-[a-z]+-\d\d$/);
  const code = new URL(answer.location ?? '', 'http://here.invalid').searchParams.get('sso') ?? '';
  const failure = await findFailure(tenant, code);
  expect(failure?.reason).toBe(reason);
  const events = await eventsOf(tenant, 'authn_sso_fail');
  expect(events.filter(({ detail }) => detail.code === code)).toHaveLength(1);
  expect(events.find(({ detail }) => detail.code === code)?.detail.reason).toBe(reason);
  expect(await sessionsOf(tenant)).toBe(sessions);
  if (sessions === 0) {
    expect(browser.jar.has('__Host-sid')).toBe(false);
    const page = await browser.get(answer.location ?? '');
    expect(page.status).toBe(200);
    expect(page.text).toContain(code);
  }
  if (!failure) throw new Error('no failure');
  return { ...failure, events: events.length };
}
