import { describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { findPolicy } from '@/lib/policies/find';
import type { Policy } from '@/lib/policies/policy';
import { endProviderSessions } from '@/lib/sessions/end';
import { findSession } from '@/lib/sessions/find';
import { findAttempt } from '@/lib/sign-in/attempt';
import { proveCode } from '@/lib/sign-in/with-totp';
import type { Identity } from '@/lib/sso/answer';
import { removeConnection, setEnabled } from '@/lib/sso/connections/change';
import { type Connection, findConnection, listOfferedConnections } from '@/lib/sso/connections/connections';
import { markTested, setState } from '@/lib/sso/connections/states';
import { updateConnection } from '@/lib/sso/connections/update';
import { findFailure, listFailures, recordRefusal } from '@/lib/sso/sign-in/failures';
import { beginFlow, consumeFlow, findFlow } from '@/lib/sso/sign-in/flows';
import { previewMatch } from '@/lib/sso/sign-in/match-user';
import { reportTest } from '@/lib/sso/sign-in/report';
import { signInIdentity } from '@/lib/sso/sign-in/sign-in-identity';
import { findReport } from '@/lib/sso/sign-in/test-reports';
import { issueTicket, redeemTicket } from '@/lib/sso/sign-in/tickets';
import { disable } from '@/lib/users/status';
import { eventsOf } from '@/tests/support/audit';
import { admin, age } from '@/tests/support/clock';
import { identity, newConnection } from '@/tests/support/connections';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

/**
 * The door that both protocols end at: who comes in, who does not, and that a refusal leaves
 * nothing behind.
 */

type Tenant = Awaited<ReturnType<typeof newTenant>>;

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

describe('the first time', () => {
  test('a missing, unverified or invalid address links no user and opens no session', async () => {
    const { tenant, connection, user } = await office();
    const given: [Partial<Identity>, string][] = [
      [{ email: null }, 'email-missing'],
      [{ email: '' }, 'email-missing'],
      [{ email: 'no address' }, 'email-missing'],
      [{ email: `${user.email},evil@elsewhere.example` }, 'email-missing'],
      [{ email: `"${user.email}"@elsewhere.example` }, 'email-missing'],
      [{ email: user.email?.replace('@', '＠') }, 'email-missing'],
      [{ email: user.email, emailVerified: false }, 'email-unverified'],
      [{ email: user.email, subject: '' }, 'subject-missing'],
    ];
    for (const [named, reason] of given) {
      expect([named, await come(tenant, identity(connection, named))]).toEqual([named, reason]);
    }
    await expectNothing(tenant);
    expect(await come(tenant, identity(connection, { email: user.email }))).toBe('done');
    expect(await whoseSessions(tenant)).toEqual([user.id]);
  });

  test('it is exactly one active user of this tenant, however the address is written', async () => {
    const { tenant, connection, user } = await office();
    const twin = 'Sam.Twin@Copper.example';
    await newUser(tenant, { email: twin });
    await newUser(tenant, { email: twin.toLowerCase() });
    const gone = await newUser(tenant, { status: 'disabled' });
    const back = await newUser(tenant, { email: gone.email });
    const onlyGone = await newUser(tenant, { status: 'disabled' });
    const elsewhere = await newUser(await newTenant(), { email: 'only@elsewhere.example' });
    const by = (email: string | null) => come(tenant, identity(connection, { email }));

    expect(await by('nobody@copper.example')).toBe('no-match');
    expect(await by(elsewhere.email)).toBe('no-match');
    expect(await by(twin.toUpperCase())).toBe('two-matches');
    expect(await by(onlyGone.email)).toBe('user-disabled');
    // The Kelvin sign becomes a plain k in lower case, and a dotless i an i in upper case.
    expect(await by('robin@\u212aettle.example')).toBe('email-missing');
    await expectNothing(tenant);

    expect(await by(`  ${user.email?.toUpperCase()} `)).toBe('done');
    expect(await by(back.email)).toBe('done');
    expect(await whoseSessions(tenant)).toEqual([user.id, back.id]);
  });

  test('twenty at once all sign in, and one link is created', async () => {
    const { tenant, connection, user } = await office();
    const named = identity(connection, { email: user.email });
    const all = await Promise.all(Array.from({ length: 20 }, () => come(tenant, named)));
    expect(all).toEqual(Array(20).fill('done'));
    expect(await links(tenant)).toEqual([{ subject: named.subject, user_id: user.id }]);
    expect(await eventsOf(tenant, 'sso_link_create')).toHaveLength(1);
  });

  test('of two subjects with one address at once, only one is linked', async () => {
    const { tenant, connection, user } = await office();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => come(tenant, identity(connection, { email: user.email }))),
    );
    expect(all.sort()).toEqual(['done', ...Array(7).fill('linked-to-other')]);
    expect(await links(tenant)).toHaveLength(1);
    expect(await whoseSessions(tenant)).toEqual([user.id]);
  });
});

describe('after that', () => {
  test('the link counts and not the address; another subject with the address is refused', async () => {
    const { tenant, connection, user } = await office();
    const other = await newUser(tenant);
    const named = identity(connection, { email: user.email });
    expect(await come(tenant, named)).toBe('done');
    expect(await come(tenant, { ...named, email: other.email })).toBe('done');
    expect(await come(tenant, { ...named, email: null, emailVerified: false })).toBe('done');
    expect(await whoseSessions(tenant)).toEqual([user.id, user.id, user.id]);
    expect(await come(tenant, identity(connection, { email: user.email }))).toBe('linked-to-other');
    expect(await come(tenant, { ...named, issuer: 'https://other.example' })).toBe('linked-to-other');
    expect(await previewMatch(tenant, connection, named)).toMatchObject({ userId: user.id });
  });

  test('the same subject at another connection or in another tenant is another user', async () => {
    const { tenant, connection, user } = await office();
    const named = identity(connection, { email: user.email });
    expect(await come(tenant, named)).toBe('done');
    const second = await newConnection(tenant, { issuer: connection.issuer });
    expect(await come(tenant, { ...named, email: null }, { connection: second })).toBe('email-missing');
    const abroad = await office();
    expect(await come(abroad.tenant, named, { connection })).toBe('disabled');
    expect(await come(abroad.tenant, named, { connection: abroad.connection })).toBe('no-match');
    await expectNothing(abroad.tenant);
  });

  test('a disabled user stays out', async () => {
    const { tenant, connection, user } = await office();
    const named = identity(connection, { email: user.email });
    expect(await come(tenant, named)).toBe('done');
    await disable(tenant, user.id, cause);
    expect(await come(tenant, named)).toBe('user-disabled');
    expect(await whoseSessions(tenant)).toEqual([]);
  });

  test('no other account signs in while a user is signed in, and nothing is linked', async () => {
    const { tenant, connection, user } = await office();
    const other = await newUser(tenant);
    const named = identity(connection, { email: user.email });
    expect(await come(tenant, named, { actorId: other.id })).toBe('other-person');
    await expectNothing(tenant);
    expect(await come(tenant, named, { actorId: user.id })).toBe('done');
    expect(await come(tenant, named, { actorId: other.id })).toBe('other-person');
  });
});

describe('users made at their first sign-in', () => {
  test('only where the connection says so, of a verified address, with its role', async () => {
    const { tenant, connection } = await office();
    const email = 'Ada.Quill@Copper.example';
    expect(await come(tenant, identity(connection, { email }))).toBe('no-match');
    const making = await newConnection(tenant, {
      createUsers: true,
      createRole: 'administrator',
      emailDomains: ['copper.example'],
    });
    const named = identity(making, { email, firstName: 'Ada\u0000', lastName: 'Quill' });
    expect(await come(tenant, { ...named, emailVerified: false }, { connection: making })).toBe('email-unverified');
    const boss = await newUser(tenant);
    expect(await come(tenant, named, { connection: making, actorId: boss.id })).toBe('no-match');
    await expectNothing(tenant);
    expect(await people(tenant, 'ada')).toEqual([]);
    expect(await previewMatch(tenant, making, named)).toMatchObject({ userId: null });

    expect(await come(tenant, named, { connection: making })).toBe('done');
    expect(await come(tenant, named, { connection: making })).toBe('done');
    expect(await people(tenant, 'ada')).toEqual([
      {
        username: 'ada.quill',
        email: 'ada.quill@copper.example',
        first_name: 'Ada',
        last_name: 'Quill',
        role: 'administrator',
        status: 'active',
      },
    ]);
    const events = (await eventsOf(tenant, 'user_create')).filter(({ detail }) => detail.by === 'single-sign-on');
    expect(events).toHaveLength(1);
  });

  test('under another username if theirs exists', async () => {
    const { tenant } = await office();
    const connection = await newConnection(tenant, { createUsers: true, emailDomains: ['copper.example'] });
    await newUser(tenant, { username: 'ada', email: 'other@copper.example' });
    const odd = ['ada@copper.example', '7@copper.example', `${'x'.repeat(64)}@copper.example`, "o'neil@copper.example"];
    for (const email of odd) expect(await come(tenant, identity(connection, { email }), { connection })).toBe('done');
    const made = await admin()<{ username: string }[]>`
      select username from users where tenant_id = ${tenant.id} and email = any (${odd}) order by created_at`;
    expect(made.map(({ username }) => username)).toEqual([
      expect.stringMatching(/^ada\d{3,5}$/),
      'user',
      'x'.repeat(56),
      'oneil',
    ]);
  });

  test('once, of twenty at the same moment', async () => {
    const { tenant } = await office();
    const connection = await newConnection(tenant, { createUsers: true, emailDomains: ['copper.example'] });
    const named = identity(connection, { email: 'ada@copper.example' });
    const all = await Promise.all(Array.from({ length: 20 }, () => come(tenant, named, { connection })));
    expect(all).toEqual(Array(20).fill('done'));
    expect(await people(tenant, 'ada')).toHaveLength(1);
    expect(await links(tenant)).toHaveLength(1);
  });

  test('as many as the service provider allows active, also of two at the same moment', async () => {
    const { tenant, user } = await office();
    const connection = await newConnection(tenant, { createUsers: true, emailDomains: ['copper.example'] });
    const [{ active } = { active: 0 }] = await admin()<{ active: number }[]>`
      select count(*)::int as active from users where tenant_id = ${tenant.id} and status = 'active'`;
    await admin()`update tenants set user_limit = ${active + 1} where id = ${tenant.id}`;
    const by = (email: string) => come(tenant, identity(connection, { email }), { connection });
    const two = await Promise.all([by('ada@copper.example'), by('bea@copper.example')]);
    expect(two.sort()).toEqual(['done', 'user-limit']);
    const late = identity(connection, { email: 'cleo@copper.example' });
    expect(await come(tenant, late, { connection })).toBe('user-limit');
    expect(await previewMatch(tenant, connection, late)).toBe('user-limit');
    expect([await links(tenant), await people(tenant, 'cleo')]).toEqual([[expect.anything()], []]);
    await disable(tenant, user.id, cause);
    expect(await come(tenant, late, { connection })).toBe('done');
  });

  test('not over a disabled user of that address', async () => {
    const { tenant } = await office();
    const connection = await newConnection(tenant, { createUsers: true, emailDomains: ['copper.example'] });
    const gone = await newUser(tenant, { status: 'disabled', email: 'gone@copper.example' });
    expect(await come(tenant, identity(connection, { email: gone.email }), { connection })).toBe('user-disabled');
    await expectNothing(tenant);
  });
});

describe('the second factor', () => {
  type Case = [
    second: 'off' | 'optional' | 'required',
    sso: 'never' | 'when-missing' | 'always',
    provider: boolean,
    own: boolean,
    next: string,
  ];
  const cases: Case[] = [
    ['off', 'always', false, true, 'done'],
    ['optional', 'never', false, true, 'done'],
    ['optional', 'when-missing', true, true, 'done'],
    ['optional', 'when-missing', false, true, 'code'],
    ['optional', 'when-missing', false, false, 'done'],
    ['optional', 'always', true, true, 'code'],
    ['optional', 'always', true, false, 'done'],
    ['required', 'never', false, false, 'done'],
    ['required', 'when-missing', true, false, 'done'],
    ['required', 'when-missing', false, false, 'enroll'],
    ['required', 'when-missing', false, true, 'code'],
    ['required', 'always', true, false, 'enroll'],
    ['required', 'always', true, true, 'code'],
  ];
  test.each(cases)('%s, %s, asked by the provider: %s, own: %s: %s', async (second, sso, provider, own, next) => {
    const { tenant, connection, user } = await office({ secondFactor: second, ssoSecondFactor: sso });
    if (own) await enrolled(tenant, user);
    const named = identity(connection, { email: user.email, secondFactor: provider });
    expect(await come(tenant, named)).toBe(next);
    const rows = await admin()`select factor, connection_id from sessions where tenant_id = ${tenant.id}`;
    expect(rows).toEqual(
      next === 'done' ? [{ factor: provider ? 'provider' : null, connection_id: connection.id }] : [],
    );
  });

  test('completes the provider’s sign-in, once', async () => {
    const { tenant, connection, user } = await office({ ssoSecondFactor: 'always' });
    const { secret } = await enrolled(tenant, user);
    const pending = await pendingCode(tenant, connection, identity(connection, { email: user.email, index: 'sid-1' }));
    const policy = await findPolicy(tenant);
    const proved = await proveCode(tenant, policy, pending, { code: codeOf(secret) }, cause);
    expect(proved).toMatchObject({ ok: true, next: 'done' });
    const [session] = await admin()`select * from sessions where tenant_id = ${tenant.id}`;
    expect(session).toMatchObject({
      user_id: user.id,
      factor: 'totp',
      connection_id: connection.id,
      sso_index: 'sid-1',
    });
    const success = await eventsOf(tenant, 'authn_login_success');
    expect(success.map(({ detail }) => detail)).toEqual([
      { factor: 'totp', session: session?.id, connection: connection.id },
    ]);
    expect(await proveCode(tenant, policy, pending, { code: codeOf(secret) }, cause)).toMatchObject({ ok: false });
  });

  test('asked for more strictly, ends the sessions that lack it', async () => {
    const { tenant, connection, user } = await office({ secondFactor: 'required', ssoSecondFactor: 'when-missing' });
    const came = await comes(tenant, identity(connection, { email: user.email, secondFactor: true }));
    if (!('session' in came)) throw new Error('no session');
    const look = () => findSession({ kind: 'tenant', slug: tenant.slug }, came.session.token, false);
    expect((await look())?.user?.id).toBe(user.id);
    await admin()`update policies set sso_second_factor = 'always' where tenant_id = ${tenant.id}`;
    expect(await look()).toMatchObject({ why: 'second-factor', user: null, session: null });
  });
});

describe('a connection that is not in force', () => {
  test('refuses every sign-in: a draft, one only tested, disabled, removed, or without the entitlement', async () => {
    const { tenant, user } = await office();
    for (const state of ['draft', 'tested'] as const) {
      const connection = await newConnection(tenant, { state });
      expect(await come(tenant, identity(connection, { email: user.email }), { connection })).toBe('disabled');
    }
    const connection = await newConnection(tenant);
    const arriving = () => come(tenant, identity(connection, { email: user.email }), { connection });
    await setEnabled(tenant, connection.id, false, cause);
    expect(await arriving()).toBe('disabled');
    await setEnabled(tenant, connection.id, true, cause);
    const without = { ...tenant, entitlements: [] };
    expect(await come(without, identity(connection, { email: user.email }), { connection })).toBe('disabled');
    expect(await listOfferedConnections(without)).toEqual([]);
    await removeConnection(tenant, connection.id, cause);
    expect(await arriving()).toBe('disabled');
    await expectNothing(tenant);
  });

  test.each(['switched off', 'back to draft', 'removed', 'without entitlement'])(
    '%s while the code is being typed, it opens nothing',
    async (how) => {
      const { tenant, connection, user } = await office({ ssoSecondFactor: 'always' });
      const { secret } = await enrolled(tenant, user);
      const pending = await pendingCode(tenant, connection, identity(connection, { email: user.email }));
      if (how === 'switched off') await setEnabled(tenant, connection.id, false, cause);
      if (how === 'back to draft') await setState(tenant, connection.id, 'draft', cause);
      if (how === 'removed') await removeConnection(tenant, connection.id, cause);
      if (how === 'without entitlement') await admin()`update tenants set entitlements = '{}' where id = ${tenant.id}`;
      const proved = await proveCode(tenant, await findPolicy(tenant), pending, { code: codeOf(secret) }, cause);
      expect(proved).toMatchObject({ ok: false, error: 'expired' });
      expect(await whoseSessions(tenant)).toEqual([]);
    },
  );

  test('becomes a draft without links when it is another provider’s, and stays as it is when only keys change', async () => {
    const { tenant, connection, user } = await office();
    const named = identity(connection, { email: user.email });
    expect(await come(tenant, named)).toBe('done');
    await updateConnection(tenant, connection.id, { secret: 'another', label: 'Kettle ID' }, cause);
    for (const label of ['Visit https://evil.example', 'www.evil.example', 'evil.example/x'])
      expect(await updateConnection(tenant, connection.id, { label }, cause)).toMatchObject({
        error: 'name-link',
        field: 'label',
      });
    expect(await updateConnection(tenant, connection.id, { label: 'Right\u202eleft' }, cause)).toMatchObject({
      error: 'unprintable',
      field: 'label',
    });
    expect(await listOfferedConnections(tenant)).toEqual([{ id: connection.id, label: 'Kettle ID' }]);
    expect(await links(tenant)).toHaveLength(1);
    await updateConnection(tenant, connection.id, { issuer: 'https://evil.example' }, cause);
    expect(await listOfferedConnections(tenant)).toEqual([]);
    expect(await links(tenant)).toEqual([]);
    expect(await come(tenant, { ...named, issuer: 'https://evil.example' })).toBe('disabled');
  });
});

describe('a round trip', () => {
  test('belongs to the browser and the tenant that began it', async () => {
    const { tenant, connection } = await office();
    const abroad = await office();
    const { requestId, browser } = await begun(tenant, connection);
    const other = await begun(tenant, connection);
    expect(await findFlow(tenant, { requestId, browser })).toMatchObject({ connectionId: connection.id, requestId });
    expect(await findFlow(tenant, { requestId, browser: other.browser })).toBe('other-browser');
    expect(await findFlow(tenant, { requestId, browser: undefined })).toBe('other-browser');
    expect(await findFlow(tenant, { requestId: '_none', browser })).toBe('flow-missing');
    expect(await findFlow(abroad.tenant, { requestId, browser })).toBe('flow-missing');
    expect(await withTenant(abroad.tenant.id, (tx) => consumeFlow(tx, abroad.tenant.id, requestId))).toBe(
      'flow-missing',
    );
  });

  test('is used once, of twenty at the same moment, within ten minutes', async () => {
    const { tenant, connection } = await office();
    const { requestId, browser } = await begun(tenant, connection);
    const take = (id: string) => withTenant(tenant.id, (tx) => consumeFlow(tx, tenant.id, id));
    const all = await Promise.all(Array.from({ length: 20 }, () => take(requestId)));
    expect(all.filter((one) => typeof one !== 'string')).toHaveLength(1);
    expect(new Set(all.filter((one) => typeof one === 'string'))).toEqual(new Set(['flow-used']));
    expect(await findFlow(tenant, { requestId, browser })).toBe('flow-used');

    const timely = await begun(tenant, connection);
    await age('sso_flows', 599, `request_id = '${timely.requestId}'`);
    expect(await take(timely.requestId)).toMatchObject({ connectionId: connection.id });
    const late = await begun(tenant, connection);
    await age('sso_flows', 601, `request_id = '${late.requestId}'`);
    expect(await findFlow(tenant, late)).toBe('flow-expired');
    expect(await take(late.requestId)).toBe('flow-expired');
  });

  test('pushes out the oldest of ten in the same browser', async () => {
    const { tenant, connection } = await office();
    const first = await begun(tenant, connection);
    const rest = [];
    for (let at = 0; at < 10; at++) rest.push(await begun(tenant, connection, first.browser));
    expect(await findFlow(tenant, first)).toBe('flow-missing');
    for (const one of rest) expect(await findFlow(tenant, one)).toMatchObject({ requestId: one.requestId });
  });

  test('hands over once, within a minute, to its own browser; another one’s try spends nothing', async () => {
    const { tenant, connection } = await office();
    const stamp = async () => {
      const { requestId, browser } = await begun(tenant, connection);
      const ticket = await withTenant(tenant.id, async (tx) => {
        const flow = await consumeFlow(tx, tenant.id, requestId);
        if (typeof flow === 'string') throw new Error(flow);
        return issueTicket(tx, tenant.id, flow.id, { who: requestId });
      });
      return { ticket, browser, requestId };
    };
    const one = await stamp();
    const other = await stamp();
    const reasons = async (ticket: string, browser: string | undefined, where: Tenant = tenant) => {
      const taken = await redeemTicket(where, ticket, browser);
      return taken.ok ? 'taken' : taken.reason;
    };
    expect(await reasons(one.ticket, other.browser)).toBe('other-browser');
    expect(await reasons(one.ticket, undefined)).toBe('other-browser');
    expect(await reasons('x', one.browser)).toBe('flow-missing');
    expect(await reasons(one.ticket, one.browser, (await office()).tenant)).toBe('flow-used');
    const all = await Promise.all(Array.from({ length: 20 }, () => redeemTicket(tenant, one.ticket, one.browser)));
    expect(all.filter(({ ok }) => ok)).toMatchObject([{ result: { who: one.requestId } }]);
    const [row] = await admin()`select result from sso_flows where request_id = ${one.requestId}`;
    expect(row?.result).toBeNull();
    await age('sso_flows', 61, `request_id = '${other.requestId}'`);
    expect(await reasons(other.ticket, other.browser)).toBe('flow-expired');
  });
});

describe('a test', () => {
  test('opens no session and links no user; its report is for the administrator who started it', async () => {
    const { tenant, user } = await office();
    const connection = await newConnection(tenant, { state: 'draft' });
    const boss = await newUser(tenant, { role: 'administrator' });
    const trial = async (named: Identity) => {
      const start = { purpose: 'test', returnTo: null, userId: boss.id, requestId: null, browser: undefined } as const;
      const { flow } = await beginFlow(tenant, connection.id, start);
      const checks = [{ name: 'signature', ok: true }] as const;
      const address = await reportTest(tenant, connection, flow, {
        ok: true,
        identity: named,
        received: { email: named.email ?? '' },
        checks: [...checks],
      });
      return { flow, address };
    };
    const bad = await trial(identity(connection, { email: 'nobody@copper.example' }));
    expect((await findReport(tenant, bad.flow.id, boss.id))?.report).toMatchObject({ ok: false, reason: 'no-match' });
    expect(await stateOf(connection)).toBe('draft');
    const good = await trial(identity(connection, { email: user.email }));
    expect(good.address).toBe(`/admin/single-sign-on/${connection.id}/test?flow=${good.flow.id}`);
    expect((await findReport(tenant, good.flow.id, boss.id))?.report).toMatchObject({
      ok: true,
      checks: [{ name: 'signature' }, { name: 'user', ok: true, detail: { name: 'Robin Achterberg' } }],
    });
    expect(await findReport(tenant, good.flow.id, user.id)).toBeUndefined();
    expect(await findReport(tenant, 'x', boss.id)).toBeUndefined();
    expect(await stateOf(connection)).toBe('tested');
    await expectNothing(tenant);
  });
});

describe('a refusal', () => {
  test('has a code for seven days and one event', async () => {
    const { tenant, connection } = await office();
    const received = { email: 'a\u0000b', long: 'x'.repeat(5000) };
    const code = await recordRefusal(tenant, connection, { reason: 'no-match', received }, cause);
    expect(code).toMatch(/^[a-z]+-[a-z]+-[1-9]\d$/);
    expect(await findFailure(tenant, code)).toMatchObject({
      code,
      reason: 'no-match',
      received: { email: 'ab', long: 'x'.repeat(1000) },
      connection: { id: connection.id, label: connection.label },
    });
    expect(await listFailures(tenant)).toHaveLength(1);
    expect((await eventsOf(tenant, 'authn_sso_fail')).map(({ detail }) => detail)).toEqual([
      { reason: 'no-match', code, connection: connection.id },
    ]);
    expect(await findFailure((await office()).tenant, code)).toBeUndefined();
    for (const none of ['', 'blue-otter-99', "' or 1=1", 'a-b-1', code.toUpperCase()])
      expect([none, await findFailure(tenant, none)]).toEqual([none, undefined]);
    await age('sso_failures', 7 * 24 * 3600 + 1, `tenant_id = '${tenant.id}'`);
    expect(await findFailure(tenant, code)).toBeUndefined();
    expect(await listFailures(tenant)).toEqual([]);
  });

  test('that belongs to no connection is reported too', async () => {
    const { tenant } = await office();
    const code = await recordRefusal(tenant, null, { reason: 'flow-missing', received: {} }, cause);
    expect(await findFailure(tenant, code)).toMatchObject({ reason: 'flow-missing', connection: null });
  });

  test('is written at most three hundred times a quarter of an hour for one address', async () => {
    const { tenant, connection } = await office();
    const from = { ...cause, address: '203.0.113.77' };
    await Promise.all(
      Array.from({ length: 310 }, () => recordRefusal(tenant, connection, { reason: 'signature', received: {} }, from)),
    );
    const rows = await admin()`select code from sso_failures where tenant_id = ${tenant.id}`;
    expect(rows).toHaveLength(300);
    expect(await eventsOf(tenant, 'authn_sso_fail')).toHaveLength(300);
  });
});

describe('a sign-out at the provider', () => {
  test('ends the sessions of its subject at its connection only', async () => {
    const { tenant, connection, user } = await office();
    const second = await newConnection(tenant);
    const other = await newUser(tenant);
    const mine = identity(connection, { email: user.email, subject: 's-1' });
    await comes(tenant, { ...mine, index: 'i-1' });
    await comes(tenant, { ...mine, index: 'i-2' });
    await comes(tenant, identity(connection, { email: other.email, subject: 's-2', index: 'i-1' }));
    await comes(tenant, identity(second, { email: user.email, subject: 's-1', index: 'i-1' }), second);
    const end = (named: { subject: string | null; index: string | null }) =>
      withTenant(tenant.id, (tx) => endProviderSessions(tx, tenant.id, connection.id, named, cause));
    expect(await end({ subject: null, index: null })).toEqual([]);
    expect(await end({ subject: 's-3', index: null })).toEqual([]);
    expect(await end({ subject: 's-1', index: 'i-3' })).toEqual([]);
    expect(await end({ subject: 's-1', index: 'i-1' })).toEqual([user.id]);
    expect(await whoseSessions(tenant)).toEqual([user.id, other.id, user.id]);
    expect(await end({ subject: 's-1', index: null })).toEqual([user.id]);
    expect(await whoseSessions(tenant)).toEqual([other.id, user.id]);
    expect((await eventsOf(tenant, 'session_end')).map(({ subject_id }) => subject_id)).toEqual([user.id, user.id]);
  });
});

describe('the steps to “instead”', () => {
  test('are refused out of order, and hide passwords only at their end', async () => {
    const { tenant } = await office();
    const boss = await newUser(tenant, { role: 'administrator' });
    const { id } = await newConnection(tenant, { state: 'draft' });
    await admin()`update sso_connections set tested_at = null, administrator_at = null where id = ${id}`;
    const to = async (state: 'draft' | 'beside' | 'instead') => {
      const set = await setState(tenant, id, state, cause);
      return [set.ok || set.error, (await findPolicy(tenant)).passwordHidden];
    };
    expect(await to('beside')).toEqual(['not-tested', false]);
    expect(await to('instead')).toEqual(['not-tested', false]);
    await markTested(tenant, id);
    expect(await to('instead')).toEqual(['instead-untried', false]);
    expect(await to('beside')).toEqual([true, false]);

    const connection = await findConnection(tenant, id);
    if (!connection) throw new Error('no connection');
    const agent = await newUser(tenant);
    expect(await come(tenant, identity(connection, { email: agent.email }), { connection })).toBe('done');
    expect(await to('instead')).toEqual(['instead-untried', false]);
    expect(await come(tenant, identity(connection, { email: boss.email }), { connection })).toBe('done');
    expect(await to('instead')).toEqual(['instead-no-emergency', false]);

    await admin()`update users set emergency = true where id = ${boss.id}`;
    expect(await to('instead')).toEqual(['instead-no-emergency', false]);
    await enrolled(tenant, boss);
    for (const [spoil, mend] of [
      [`update users set status = 'disabled'`, `update users set status = 'active'`],
      [`update users set role = 'agent'`, `update users set role = 'administrator'`],
    ]) {
      await admin().unsafe(`${spoil} where id = '${boss.id}'`);
      expect([spoil, await to('instead')]).toEqual([spoil, ['instead-no-emergency', false]]);
      await admin().unsafe(`${mend} where id = '${boss.id}'`);
    }
    await admin()`update sso_connections set administrator_at = now() - interval '24 hours 1 second' where id = ${id}`;
    expect(await to('instead')).toEqual(['instead-untried', false]);
    await admin()`update sso_connections set administrator_at = now() where id = ${id}`;
    expect(await to('instead')).toEqual([true, true]);
    expect(await to('beside')).toEqual([true, false]);
    expect(await to('instead')).toEqual([true, true]);
    await setEnabled(tenant, id, false, cause);
    expect((await findPolicy(tenant)).passwordHidden).toBe(false);
    expect(await to('instead')).toEqual(['not-enabled', false]);
    await setEnabled(tenant, id, true, cause);
    expect((await findPolicy(tenant)).passwordHidden).toBe(false);
    expect(await to('instead')).toEqual([true, true]);
    await removeConnection(tenant, id, cause);
    expect((await findPolicy(tenant)).passwordHidden).toBe(false);
    const events = await eventsOf(tenant, 'sso_connection_state');
    expect(events.length).toBeGreaterThan(5);
  });
});

async function office(policy: Partial<Policy> = {}) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'], policy });
  return { tenant, connection: await newConnection(tenant), user: await newUser(tenant) };
}

/** Returns what comes of an identity: the next step, or why not. */
async function come(
  tenant: Tenant,
  named: Identity,
  { connection, actorId = null }: { connection?: Connection; actorId?: string | null } = {},
) {
  const policy = await findPolicy(tenant);
  const at = connection ?? { id: await firstConnection(tenant) };
  const arrived = await signInIdentity(tenant, policy, at, { identity: named, returnTo: null }, { ...cause, actorId });
  return arrived.ok ? arrived.next : arrived.reason;
}

async function comes(tenant: Tenant, named: Identity, connection?: Connection) {
  const at = connection ?? { id: await firstConnection(tenant) };
  const policy = await findPolicy(tenant);
  const arrived = await signInIdentity(tenant, policy, at, { identity: named, returnTo: null }, cause);
  if (!arrived.ok) throw new Error(arrived.reason);
  return arrived;
}

/** The tenant's oldest connection: the one of its office. */
async function firstConnection(tenant: Tenant) {
  const [row] = await admin()<{ id: string }[]>`
    select id from sso_connections where tenant_id = ${tenant.id} order by position limit 1`;
  return row?.id ?? '';
}

async function pendingCode(tenant: Tenant, connection: Connection, named: Identity) {
  const came = await comes(tenant, named, connection);
  if (!('attempt' in came)) throw new Error('nothing is asked for');
  const attempt = await findAttempt(tenant, await findPolicy(tenant), came.attempt.token);
  if (!attempt) throw new Error('no attempt');
  return attempt;
}

async function begun(tenant: Tenant, connection: Connection, known?: string) {
  const requestId = `_${crypto.randomUUID()}`;
  const start = { purpose: 'sign-in', returnTo: null, userId: null, requestId, browser: known } as const;
  const { browser } = await beginFlow(tenant, connection.id, start);
  return { requestId, browser };
}

async function expectNothing(tenant: Tenant) {
  expect(await links(tenant)).toEqual([]);
  expect(await whoseSessions(tenant)).toEqual([]);
  expect(await admin()`select id from attempts where tenant_id = ${tenant.id}`).toEqual([]);
}

async function links(tenant: Tenant) {
  return [...(await admin()`select subject, user_id from sso_links where tenant_id = ${tenant.id}`)];
}

async function whoseSessions(tenant: Tenant) {
  const rows = await admin()<{ user_id: string }[]>`
    select user_id from sessions where tenant_id = ${tenant.id} order by created_at`;
  return rows.map((row) => row.user_id);
}

async function people(tenant: Tenant, beginning: string) {
  return [
    ...(await admin()`
      select username, email, first_name, last_name, role, status from users
      where tenant_id = ${tenant.id} and username like ${`${beginning}%`}`),
  ];
}

async function stateOf(connection: Connection) {
  const [row] = await admin()`select state from sso_connections where id = ${connection.id}`;
  return row?.state;
}
