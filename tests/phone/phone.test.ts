import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { hashToken, randomToken } from '@/lib/crypto';
import { setEntitlements } from '@/lib/operators/tenants/settings';
import { setSipPassword } from '@/lib/phone/accounts';
import { removePhoneSettings } from '@/lib/phone/settings';
import type { Tenant } from '@/lib/tenants/tenants';
import { disable } from '@/lib/users/status';
import { startApp } from '@/tests/support/app';
import { eventsOf } from '@/tests/support/audit';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { newPhoneTenant, phoneInput, SIP_SECRET, SOCKET } from '@/tests/support/phone';
import { codeOf } from '@/tests/support/totp';
import { enrolled, hostOf, newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances();
const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

const CALLS = '/api/phone/calls';
const MADE_FOR_PHONES = ['/api/phone/credentials', '/api/phone/busy', CALLS, '/api/phone/test'];

function at(tenant: Tenant) {
  return visitor({ port: running.app().port, host: hostOf(tenant) });
}

/** A browser in which somebody is signed in already. */
async function signedIn(tenant: Tenant, user: { id: string }) {
  const browser = at(tenant);
  const token = randomToken();
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, address, user_agent, absolute_until)
    values (${tenant.id}, ${user.id}, ${hashToken(token)}, '127.0.0.1', 'tests', now() + interval '24 hours')`;
  browser.jar.set('__Host-sid', token);
  return browser;
}

async function agentOf(tenant: Tenant, more: Parameters<typeof newUser>[1] = {}) {
  const user = await newUser(tenant, { password: undefined, ...more });
  return { ...user, browser: await signedIn(tenant, user) };
}

function post(browser: Visitor, path: string, body: unknown = {}, headers: Record<string, string> = {}) {
  return browser.ask(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { origin: browser.origin, 'content-type': 'application/json', ...headers },
  });
}

const credentials = (browser: Visitor) => post(browser, '/api/phone/credentials');
const json = ({ body }: { body: string }) => JSON.parse(body);

function endedCall(more: object = {}) {
  const now = Date.now();
  return {
    id: randomUUID(),
    direction: 'in',
    outcome: 'answered',
    peer: '203',
    peerName: 'Inès Moreau',
    startedAt: new Date(now - 60_000).toISOString(),
    answeredAt: new Date(now - 50_000).toISOString(),
    endedAt: new Date(now).toISOString(),
    ...more,
  };
}

describe('credentials', () => {
  test('belong to the signed-in user whatever the request contains, and are never cached', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant, { extension: '202' });
    await newUser(tenant, { extension: '201' });
    const answer = await post(milo.browser, '/api/phone/credentials?extension=201', { extension: '201', user: '201' });
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'private, no-store']);
    const told = json(answer);
    expect([told.extension, told.user]).toEqual(['202', `${told.expiresAt}:202`]);
    expect(told.secret.password).toBe(createHmac('sha1', SIP_SECRET).update(told.user).digest('base64'));
    expect(answer.body).not.toContain(SIP_SECRET);
    expect(running.app().output()).not.toContain(told.secret.password);
  });

  test('are refused without a phone: no extension, entitlement or settings, or another tenant', async () => {
    const tenant = await newPhoneTenant();
    const without = await agentOf(tenant, { extension: null });
    expect(await refusal(await credentials(without.browser))).toEqual([403, 'no-phone']);

    const bare = await newTenant({ entitlements: ['phone'] });
    expect(await refusal(await credentials((await agentOf(bare)).browser))).toEqual([403, 'no-phone']);

    const milo = await agentOf(tenant);
    await setEntitlements(tenant.id, [], cause);
    expect(await refusal(await credentials(milo.browser))).toEqual([403, 'no-phone']);
    await setEntitlements(tenant.id, ['phone'], cause);
    expect((await credentials(milo.browser)).status).toBe(200);

    const elsewhere = at(await newPhoneTenant());
    elsewhere.jar.set('__Host-sid', milo.browser.jar.get('__Host-sid') ?? '');
    expect(await refusal(await credentials(elsewhere))).toEqual([401, 'signed-out']);
    expect(await refusal(await credentials(at(tenant)))).toEqual([401, 'signed-out']);
  });

  test('end at once with the account, the session, the extension, the settings, the company', async () => {
    const tenant = await newPhoneTenant();
    const [disabled, ended, bare] = [await agentOf(tenant), await agentOf(tenant), await agentOf(tenant)];
    const last = await agentOf(tenant);
    expect((await credentials(disabled.browser)).status).toBe(200);
    await disable(tenant, disabled.id, cause);
    expect(await refusal(await credentials(disabled.browser))).toEqual([401, 'signed-out']);

    await admin()`delete from sessions where user_id = ${ended.id}`;
    expect(await refusal(await credentials(ended.browser))).toEqual([401, 'signed-out']);

    await admin()`update users set extension = null where id = ${bare.id}`;
    expect(await refusal(await credentials(bare.browser))).toEqual([403, 'no-phone']);

    await removePhoneSettings(tenant, cause);
    expect(await refusal(await credentials(last.browser))).toEqual([403, 'no-phone']);

    const other = await newPhoneTenant();
    const hers = await agentOf(other);
    await admin()`update tenants set status = 'suspended' where id = ${other.id}`;
    expect((await credentials(hers.browser)).status).toBe(403);
  });

  test('say why a session ended', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant);
    await admin()`update sessions set last_seen_at = now() - interval '5 hours' where user_id = ${milo.id}`;
    expect(json(await credentials(milo.browser))).toEqual({ error: 'signed-out', why: 'idle' });
  });

  test('with an account per user: the digest is sent to its user only', async () => {
    const tenant = await newPhoneTenant({ way: 'per-user', secret: '' });
    const [milo, ines] = [await agentOf(tenant, { extension: '202' }), await agentOf(tenant, { extension: '203' })];
    await setSipPassword(tenant, milo.id, 'sip secret 202', cause);
    const told = json(await credentials(milo.browser));
    expect([told.user, told.secret.ha1]).toEqual(['202', expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(await refusal(await credentials(ines.browser))).toEqual([403, 'no-phone']);
    expect((await milo.browser.get('/settings/profile')).body).not.toContain(told.secret.ha1);
  });

  test('stop for a while when a script asks without end, for that session alone', async () => {
    const tenant = await newPhoneTenant();
    const [milo, ines] = [await agentOf(tenant), await agentOf(tenant)];
    const statuses = [];
    for (let times = 0; times < 61; times++) statuses.push((await credentials(milo.browser)).status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(60);
    expect(statuses.at(-1)).toBe(429);
    expect((await credentials(ines.browser)).status).toBe(200);
  });
});

describe('what a softphone asks', () => {
  test('comes from our own pages alone, by the method meant for it', async () => {
    const tenant = await newPhoneTenant();
    const dana = await agentOf(tenant, { role: 'administrator' });
    for (const path of MADE_FOR_PHONES) {
      for (const origin of ['https://evil.example', `https://${hostOf(await newTenant())}`, 'null']) {
        expect([path, (await post(dana.browser, path, {}, { origin })).status]).toEqual([path, 403]);
      }
      const silent = await dana.browser.ask(path, { method: 'POST', body: '{}' });
      expect([path, silent.status]).toEqual([path, 403]);
      if (path !== CALLS) expect([path, (await dana.browser.get(path)).status]).toEqual([path, 405]);
    }
    for (const path of [CALLS, '/api/phone/colleagues']) {
      const led = await dana.browser.ask(path, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect([path, led.status]).toEqual([path, 403]);
      const sibling = await dana.browser.ask(path, { headers: { 'sec-fetch-site': 'same-site' } });
      expect([path, sibling.status]).toEqual([path, 403]);
    }
  });

  test('keeps no session alive by itself', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant);
    await admin()`update sessions set last_seen_at = now() - interval '30 minutes' where user_id = ${milo.id}`;
    await credentials(milo.browser);
    await milo.browser.get(CALLS);
    await milo.browser.get('/api/phone/colleagues?q=a');
    await post(milo.browser, CALLS, endedCall());
    const [row] = await admin()`
      select last_seen_at < now() - interval '29 minutes' as old from sessions where user_id = ${milo.id}`;
    expect(row?.old).toBe(true);
  });

  test('the test of the settings is the administrators’', async () => {
    const tenant = await newPhoneTenant();
    const [dana, milo] = [
      await agentOf(tenant, { role: 'administrator', extension: null }),
      await agentOf(tenant, { role: 'agent' }),
    ];
    const told = json(await post(dana.browser, '/api/phone/test'));
    expect(told.extension).toMatch(/^test-/);
    expect(await refusal(await post(milo.browser, '/api/phone/test'))).toEqual([403, 'no-phone']);
    await setEntitlements(tenant.id, [], cause);
    expect(json(await post(dana.browser, '/api/phone/test'))).toEqual({ error: 'not-entitled' });
  });
});

describe('the headers of a page', () => {
  test('allows the phone’s origin and microphone only for users with a phone', async () => {
    const tenant = await newPhoneTenant({ socket: 'wss://sip.kettle.example:8443/ws?a=b' });
    const milo = await agentOf(tenant);
    const without = await agentOf(tenant, { extension: null });
    for (const path of ['/home', '/settings/profile', '/settings/sessions']) {
      const { headers } = await milo.browser.get(path);
      expect(headers['content-security-policy']).toContain(`connect-src 'self' wss://sip.kettle.example:8443;`);
      expect(headers['permissions-policy']).toContain('microphone=(self)');
      const others = (await without.browser.get(path)).headers;
      expect(others['content-security-policy']).toContain(`connect-src 'self';`);
      expect(others['permissions-policy']).toContain('microphone=()');
    }
    for (const [browser, path] of [
      [at(tenant), '/sign-in'],
      [milo.browser, '/no/such/page'],
      [milo.browser, '/api/session'],
    ] as const) {
      const { headers } = await browser.get(path);
      expect([path, headers['content-security-policy']]).toEqual([
        path,
        expect.stringContaining(`connect-src 'self';`),
      ]);
      expect(headers['permissions-policy']).toContain('microphone=()');
    }
  });

  test('allows the test page’s origin for an administrator without a phone', async () => {
    const tenant = await newPhoneTenant();
    const dana = await agentOf(tenant, { role: 'administrator', extension: null });
    const page = await dana.browser.get('/admin/phone/test');
    expect(page.headers['content-security-policy']).toContain(`connect-src 'self' wss://sip.kettle.example;`);
    expect((await dana.browser.get('/admin/phone')).headers['content-security-policy']).toContain(
      `connect-src 'self';`,
    );
  });
});

describe('after signing in', () => {
  test('a user with a phone lands on Phone, others on Home, unless they asked for a page', async () => {
    const tenant = await newPhoneTenant();
    const milo = await newUser(tenant);
    const bare = await newUser(tenant, { extension: null });
    const land = async (username: string, path = '/sign-in') => {
      const answer = await at(tenant).submit(path, { username, password: PASSWORD });
      return answer.location;
    };
    expect(await land(milo.username)).toBe('/phone');
    expect(await land(bare.username)).toBe('/home');
    expect(await land(milo.username, '/sign-in?return_to=/settings/profile')).toBe('/settings/profile');
    expect(await land(milo.username, '/sign-in?return_to=/home')).toBe('/home');
    expect(await land(milo.username, '/sign-in?return_to=//evil.example')).toBe('/phone');
    await setEntitlements(tenant.id, [], cause);
    expect(await land(milo.username)).toBe('/home');
  });

  test('also after a second factor, and for signed-in users who open the root address', async () => {
    const tenant = await newPhoneTenant();
    const milo = await newUser(tenant);
    const { secret } = await enrolled(tenant, milo);
    const browser = at(tenant);
    await browser.signIn(milo.username, PASSWORD);
    expect((await browser.submit('/sign-in/code', { code: codeOf(secret) })).location).toBe('/phone');
    expect((await browser.get('/')).location).toBe('/phone');
    expect((await browser.get('/sign-in')).location).toBe('/phone');
    expect((await browser.get('/home')).status).toBe(200);
    const without = await agentOf(tenant, { extension: null });
    expect((await without.browser.get('/')).status).toBe(200);
    expect((await without.browser.get('/phone')).location).toBe('/home');
    expect((await at(tenant).get('/phone')).location).toBe('/sign-in?return_to=%2Fphone');
  });

  test('a first second factor shows its recovery codes on the way', async () => {
    const tenant = await newPhoneTenant({}, { policy: { secondFactor: 'required' } });
    const milo = await newUser(tenant);
    const browser = at(tenant);
    await browser.signIn(milo.username, PASSWORD);
    const page = await browser.get('/sign-in/enroll');
    const secret = /[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}/.exec(page.text)?.[0].replaceAll(' ', '') ?? '';
    const answer = await browser.submit('/sign-in/enroll', { code: codeOf(secret) });
    expect(answer.location).toBe('/recovery-codes?return_to=%2Fphone');
  });
});

describe('a session during a call', () => {
  const busy = async (browser: Visitor) => json(await post(browser, '/api/phone/busy'));
  const live = async (browser: Visitor) => json(await browser.get('/api/session'));
  const seen = (user: { id: string }, minutes: number) =>
    admin()`update sessions set last_seen_at = now() - make_interval(mins => ${minutes}) where user_id = ${user.id}`;
  const called = (user: { id: string }, minutes: number) =>
    admin()`update sessions set busy_at = now() - make_interval(mins => ${minutes}) where user_id = ${user.id}`;

  test('does not go idle, up to the policy’s grace after the last interaction and not a minute longer', async () => {
    const tenant = await newPhoneTenant({}, { policy: { idleMinutes: 15, callGraceMinutes: 60 } });
    const milo = await agentOf(tenant);
    await seen(milo, 14);
    expect(await busy(milo.browser)).toEqual({ live: true, msLeft: expect.any(Number) });
    // The call goes on, told each minute, while nobody touches the page.
    for (const minutes of [30, 45, 59]) {
      await seen(milo, minutes);
      await called(milo, 1);
      const answer = await busy(milo.browser);
      expect([minutes, answer.live]).toEqual([minutes, true]);
      const most = Math.min(16, 61 - minutes) * 60_000;
      expect(answer.msLeft).toBeLessThanOrEqual(most);
      expect(answer.msLeft).toBeGreaterThan(most - 10_000);
      expect((await live(milo.browser)).live).toBe(true);
    }
    await seen(milo, 62);
    await called(milo, 1);
    expect(await live(milo.browser)).toEqual({ live: false, msLeft: 0, why: 'idle' });
    expect(json(await post(milo.browser, '/api/phone/busy'))).toEqual({ error: 'signed-out', why: 'idle' });
  });

  test('goes idle after the call has ended, and a call cannot revive an idle session', async () => {
    const tenant = await newPhoneTenant({}, { policy: { idleMinutes: 15, callGraceMinutes: 240 } });
    const [milo, ines] = [await agentOf(tenant), await agentOf(tenant)];
    await seen(milo, 100);
    await called(milo, 14);
    expect((await live(milo.browser)).live).toBe(true);
    await called(milo, 17);
    expect(await live(milo.browser)).toEqual({ live: false, msLeft: 0, why: 'idle' });
    await seen(ines, 17);
    expect((await post(ines.browser, '/api/phone/busy')).status).toBe(401);
    expect((await live(ines.browser)).live).toBe(false);
  });

  test('never outlives the longest session, and gives an interaction its due', async () => {
    const tenant = await newPhoneTenant({}, { policy: { idleMinutes: 15, absoluteMinutes: 60 } });
    const [milo, ines] = [await agentOf(tenant), await agentOf(tenant)];
    await admin()`update sessions set created_at = now() - interval '59 minutes' where user_id = ${milo.id}`;
    expect((await busy(milo.browser)).msLeft).toBeLessThanOrEqual(60_000);
    await admin()`update sessions set created_at = now() - interval '61 minutes' where user_id = ${milo.id}`;
    expect(json(await post(milo.browser, '/api/phone/busy'))).toEqual({ error: 'signed-out', why: 'absolute' });

    await seen(ines, 10);
    await busy(ines.browser);
    await ines.browser.get('/home');
    const [row] = await admin()`
      select last_seen_at > now() - interval '1 minute' as fresh from sessions where user_id = ${ines.id}`;
    expect(row?.fresh).toBe(true);
  });

  test('cannot be extended by a user without a phone', async () => {
    const tenant = await newPhoneTenant();
    const without = await agentOf(tenant, { extension: null });
    expect(await refusal(await post(without.browser, '/api/phone/busy'))).toEqual([403, 'no-phone']);
    const [row] = await admin()`select busy_at from sessions where user_id = ${without.id}`;
    expect(row?.busy_at).toBeNull();
  });
});

describe('colleagues', () => {
  test('are the active users of the same tenant with an extension, by name and extension only', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant, { firstName: 'Milo', lastName: 'Tanaka', extension: '202' });
    await newUser(tenant, { firstName: 'Inès', lastName: 'Moreau', extension: '203', email: 'ines@kettle.example' });
    await newUser(tenant, { firstName: 'Inès', lastName: 'Off', extension: '204', status: 'disabled' });
    await newUser(tenant, { firstName: 'Inès', lastName: 'Without', extension: null });
    await newUser(await newPhoneTenant(), { firstName: 'Inès', lastName: 'Elsewhere', extension: '205' });
    const find = async (query: string) => json(await milo.browser.get(`/api/phone/colleagues?${query}`));
    const ines = { people: [{ name: 'Inès Moreau', extension: '203' }], more: false };
    for (const query of ['q=ines', 'q=MOREAU+in', 'q=203', 'q=', '']) expect(await find(query)).toEqual(ines);
    for (const query of ['q=milo', 'q=202', 'q=%25', 'q=_', 'q=%27%20or%201%3D1--', 'page=2'])
      expect(await find(query)).toEqual({ people: [], more: false });
    for (const query of ['page=0', 'page=x', 'page=501', `q=${'x'.repeat(101)}`, 'q=%00'])
      expect([query, (await milo.browser.get(`/api/phone/colleagues?${query}`)).status]).toEqual([query, 400]);
  });

  test('are not found by username or email address, which only administrators see', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant, { firstName: 'Milo', lastName: 'Tanaka', extension: '202' });
    const ines = await newUser(tenant, {
      firstName: 'Inès',
      lastName: 'Moreau',
      username: `quince.${randomUUID()}`,
      extension: '203',
      email: 'private.person@kettle.example',
    });
    const find = async (q: string) =>
      json(await milo.browser.get(`/api/phone/colleagues?${new URLSearchParams({ q })}`)).people.length;
    const secrets = ['quince', ines.username, 'private', 'private.person@kettle.example', 'ines private', '203 quince'];
    for (const q of secrets) expect([q, await find(q)]).toEqual([q, 0]);
    await admin()`update users set username = 'moreau-2', email = 'moreau@kettle.example' where id = ${ines.id}`;
    for (const q of ['moreau-', 'moreau@', 'quince']) expect([q, await find(q)]).toEqual([q, 0]);
    for (const q of ['moreau', 'INES 203', '20']) expect([q, await find(q)]).toEqual([q, 1]);
  });

  test('come twenty a page', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant);
    for (let n = 0; n < 21; n++) await newUser(tenant, { lastName: `Person ${n}`, password: undefined });
    const find = async (page: number) => json(await milo.browser.get(`/api/phone/colleagues?page=${page}`));
    const [first, second] = [await find(1), await find(2)];
    expect([first.people.length, first.more, second.people.length, second.more]).toEqual([20, true, 1, false]);
    expect(first.people).not.toContainEqual(second.people[0]);
  });
});

describe('calls', () => {
  test('of an earlier user of this browser are not kept for the next one', async () => {
    const tenant = await newPhoneTenant();
    const ruth = await agentOf(tenant, { extension: '207' });
    const foreign = await post(ruth.browser, `${CALLS}?of=201`, endedCall());
    expect([foreign.status, json(foreign)]).toEqual([403, { error: 'foreign' }]);
    expect((await post(ruth.browser, `${CALLS}?of=207`, endedCall({ peer: '208' }))).status).toBe(204);
    expect(json(await ruth.browser.get(CALLS)).calls).toMatchObject([{ peer: '208' }]);
  });

  test('are recorded once each and read back by their user, the latest first, at most fifty', async () => {
    const tenant = await newPhoneTenant();
    const [milo, ines] = [await agentOf(tenant), await agentOf(tenant)];
    const call = endedCall({ peerName: '  Inès\u202e\nMoreau\u0000 ' });
    expect((await post(milo.browser, CALLS, call)).status).toBe(204);
    expect((await post(milo.browser, CALLS, { ...call, peer: '999' })).status).toBe(204);
    const read = await milo.browser.get(CALLS);
    expect(read.headers['cache-control']).toBe('private, no-store');
    expect(json(read)).toEqual({ calls: [{ ...call, peerName: 'Inès Moreau' }] });
    // The same id is another call for another person, and nobody reads another's.
    expect((await post(ines.browser, CALLS, { ...call, peer: '777' })).status).toBe(204);
    expect(json(await milo.browser.get(CALLS)).calls).toMatchObject([{ peer: '203' }]);
    expect(json(await ines.browser.get(CALLS)).calls).toMatchObject([{ peer: '777' }]);

    await admin()`
      insert into phone_calls (tenant_id, user_id, id, direction, outcome, peer, started_at, ended_at)
      select ${tenant.id}, ${milo.id}, gen_random_uuid(), 'in', 'missed', n::text, now() - make_interval(mins => n), now()
      from generate_series(2, 60) n`;
    const { calls } = json(await milo.browser.get(CALLS));
    expect([calls.length, calls[0].id, calls[49].peer]).toEqual([50, call.id, '50']);
  });

  test('that are none are refused, and nothing of them is kept', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant);
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const bad: unknown[] = [
      '',
      'null',
      '[]',
      '{"a":',
      '{"__proto__":{"id":1}}',
      endedCall({ id: 'one' }),
      endedCall({ id: undefined }),
      endedCall({ direction: 'sideways' }),
      endedCall({ outcome: 'fine' }),
      endedCall({ peer: '' }),
      endedCall({ peer: '\u202e\u0000 ' }),
      endedCall({ peer: 'x'.repeat(401) }),
      endedCall({ peer: { $ne: '' } }),
      endedCall({ peerName: 'x'.repeat(1001) }),
      endedCall({ startedAt: 'yesterday' }),
      endedCall({ startedAt: 0 }),
      endedCall({ startedAt: inDays(-91) }),
      endedCall({ startedAt: inDays(1) }),
      endedCall({ endedAt: inDays(100) }),
      endedCall({ answeredAt: inDays(-1) }),
      endedCall({ answeredAt: null }),
      endedCall({ outcome: 'missed' }),
      endedCall({ userId: randomUUID() }),
    ];
    for (const body of bad) {
      const answer = await post(milo.browser, CALLS, body);
      expect([body, answer.status, json(answer)]).toEqual([body, 400, { error: 'invalid' }]);
    }
    const form = await post(milo.browser, CALLS, JSON.stringify(endedCall()), { 'content-type': 'text/plain' });
    expect(form.status).toBe(400);
    expect((await post(milo.browser, CALLS, endedCall({ peer: 'x'.repeat(70_000) }))).status).toBe(413);
    expect(json(await milo.browser.get(CALLS))).toEqual({ calls: [] });
  });

  test('are forgotten after ninety days', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant);
    const [old, fresh] = [endedCall(), endedCall()];
    await post(milo.browser, CALLS, old);
    await post(milo.browser, CALLS, fresh);
    await admin()`update phone_calls set started_at = now() - interval '91 days' where id = ${old.id}`;
    await admin()`select purge_phone_calls(${tenant.id})`;
    expect(json(await milo.browser.get(CALLS)).calls).toMatchObject([{ id: fresh.id }]);
  });
});

describe('the settings', () => {
  const { otherDomains: _, ...words } = phoneInput();
  const typed = { ...words, iceServers: '', wrapUpSeconds: '30' };
  const save = (browser: Visitor, more: Record<string, string> = {}) =>
    browser.submit('/admin/phone', { ...typed, ...more });

  test('are saved by an administrator, sealed, and recorded without the secret', async () => {
    const tenant = await newTenant({ entitlements: ['phone'] });
    const dana = await agentOf(tenant, { role: 'administrator', extension: '201' });
    expect(await refusal(await credentials(dana.browser))).toEqual([403, 'no-phone']);
    const answer = await save(dana.browser, {
      iceServers: 'stun:stun.example\n\nTURNS:turn.example:5349?transport=tcp',
    });
    expect(answer.message).toContain('saved');
    const [row] = await admin()`select * from phone_settings where tenant_id = ${tenant.id}`;
    expect(row?.ice_servers).toEqual(['stun:stun.example', 'turns:turn.example:5349?transport=tcp']);
    expect(JSON.stringify(row)).not.toContain(SIP_SECRET);
    const page = await dana.browser.get('/admin/phone');
    expect([page.body.includes(SIP_SECRET), page.text.includes('A secret is stored')]).toEqual([false, true]);
    const [event] = await eventsOf(tenant, 'phone_settings_update');
    expect(event?.detail).toMatchObject({ 'new.domain': 'kettle.example', 'new.socket': SOCKET, secret: 'changed' });
    expect(JSON.stringify(event)).not.toContain(SIP_SECRET);

    // An empty secret keeps the one there is.
    expect((await save(dana.browser, { secret: '', wrapUpSeconds: '0' })).message).toContain('saved');
    const told = json(await credentials(dana.browser));
    expect(told.wrapUpSeconds).toBe(0);
    expect(told.secret.password).toBe(createHmac('sha1', SIP_SECRET).update(told.user).digest('base64'));
    const [, second] = await eventsOf(tenant, 'phone_settings_update');
    expect(second?.detail).toEqual({
      'old.iceServers': 'stun:stun.example, turns:turn.example:5349?transport=tcp',
      'new.iceServers': null,
      'old.wrapUpSeconds': 30,
      'new.wrapUpSeconds': 0,
    });
  });

  test('that cannot be right are refused at their field', async () => {
    const tenant = await newTenant({ entitlements: ['phone'] });
    const dana = await agentOf(tenant, { role: 'administrator' });
    const wrong: Record<string, string[]> = {
      domain: ['', 'sip:kettle.example', 'kettle example', '-a.example', 'a..example', 'a;b', 'x'.repeat(254)],
      socket: [
        '',
        'https://sip.example/ws',
        'javascript:alert(1)',
        'wss://',
        'wss://user:pass@sip.example/',
        'wss://sip.example/#x',
        'wss://sip.example;script-src/',
        "wss://sip'example/",
        `wss://sip.example/${'x'.repeat(300)}`,
      ],
      iceServers: ['http://stun.example', 'stun:', 'turn:turn.example?transport=sctp', 'stun:a;b'],
      secret: ['', 'short', 'with space here', 'quote"quote"', 'x'.repeat(201)],
      country: ['', 'XX', 'ca', 'CAN'],
      wrapUpSeconds: ['', '-1', '601', '1e2', 'x'],
      way: ['', 'portal'],
    };
    for (const [field, values] of Object.entries(wrong)) {
      for (const value of values) {
        const answer = await save(dana.browser, { [field]: value });
        expect([field, value, answer.message]).toEqual([field, value, expect.stringContaining('Check')]);
      }
    }
    const eleven = Array.from({ length: 11 }, (_, n) => `stun:s${n}.example`).join('\n');
    expect((await save(dana.browser, { iceServers: eleven })).message).toContain('Check');
    const turn = { way: 'per-user', secret: '', iceServers: 'turn:turn.example' };
    expect((await save(dana.browser, turn)).message).toContain('Check');
    expect(await admin()`select from phone_settings where tenant_id = ${tenant.id}`).toHaveLength(0);
  });

  test('name a socket without encryption only where Gatehouse itself is on this machine alone', async () => {
    const tenant = await newTenant({ entitlements: ['phone'] });
    const dana = await agentOf(tenant, { role: 'administrator' });
    expect((await save(dana.browser, { socket: 'ws://127.0.0.1:18080/ws' })).message).toContain('saved');
    const page = await dana.browser.get('/admin/phone/test');
    expect(page.headers['content-security-policy']).toContain(`connect-src 'self' ws://127.0.0.1:18080;`);

    const abroad = await startApp({ SMTP_URL: running.mail.url, PUBLIC_URL: 'https://gatehouse.example' });
    const browser = visitor({ port: abroad.port, host: `${tenant.slug}.gatehouse.example` });
    browser.jar.set('__Host-sid', dana.browser.jar.get('__Host-sid') ?? '');
    const refused = await save(browser, { socket: 'ws://127.0.0.1:18080/ws' });
    expect(refused.text).toContain('must begin with wss://');
    expect((await save(browser, { socket: 'wss://127.0.0.1:18443/ws' })).message).toContain('saved');
    await abroad.stop();
  });

  test('are nothing for agents, for other companies, or where Phone is not part of the service', async () => {
    const tenant = await newPhoneTenant();
    const milo = await agentOf(tenant);
    expect((await milo.browser.get('/admin/phone')).status).toBe(404);
    expect((await milo.browser.get('/admin/phone/test')).status).toBe(404);
    const bare = await newTenant({ entitlements: [] });
    const dana = await agentOf(bare, { role: 'administrator' });
    const page = await dana.browser.get('/admin/phone');
    expect([page.status, page.text.includes('not part of your service')]).toEqual([200, true]);
    expect((await dana.browser.get('/home')).text).not.toContain('Phone settings');
  });

  test('take every account and the secret with them', async () => {
    const tenant = await newPhoneTenant({ way: 'per-user' });
    const dana = await agentOf(tenant, { role: 'administrator' });
    await setSipPassword(tenant, dana.id, 'sip secret', cause);
    expect((await credentials(dana.browser)).status).toBe(200);
    const answer = await dana.browser.submit('/admin/phone', {}, { button: 'Remove settings' });
    expect(answer.text).toContain('Nobody has a phone yet');
    expect(await admin()`select from phone_accounts where tenant_id = ${tenant.id}`).toHaveLength(0);
    expect(await refusal(await credentials(dana.browser))).toEqual([403, 'no-phone']);
    expect(await eventsOf(tenant, 'phone_settings_remove')).toMatchObject([{ detail: { removed: 1 } }]);
  });

  test('a SIP password is set on the user’s page and never shown', async () => {
    const tenant = await newPhoneTenant({ way: 'per-user', secret: '' });
    const dana = await agentOf(tenant, { role: 'administrator' });
    const milo = await agentOf(tenant, { extension: '202' });
    const path = `/admin/users/${milo.id}`;
    const answer = await dana.browser.submit(path, { password: 'sip secret 202' }, { button: 'Set SIP password' });
    expect([answer.message, answer.body.includes('sip secret 202')]).toEqual(['The SIP password is set.', false]);
    expect((await credentials(milo.browser)).status).toBe(200);
    const [event] = await eventsOf(tenant, 'phone_account_set');
    expect(JSON.stringify(event)).not.toContain('sip secret');
    const gone = await dana.browser.submit(path, {}, { button: 'Remove SIP password' });
    expect(gone.text).toContain('no SIP password yet');
    expect(await refusal(await credentials(milo.browser))).toEqual([403, 'no-phone']);
  });
});

function refusal(answer: { status: number; body: string }) {
  return [answer.status, JSON.parse(answer.body).error];
}
