import { describe, expect, test } from 'vitest';
import { randomToken } from '@/lib/crypto';
import { setEnabled } from '@/lib/sso/connections/change';
import { listFailures } from '@/lib/sso/sign-in/failures';
import { findReport } from '@/lib/sso/sign-in/test-reports';
import { eventsOf } from '@/tests/support/audit';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { identity, newConnection, newTicket } from '@/tests/support/connections';
import { instances } from '@/tests/support/instances';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

/** The addresses of single sign-on, as a browser meets them before the provider and behind it. */

const product = instances(2);
const BROWSER = '__Host-rq';
const SESSION = '__Host-sid';

describe('the sign-in page', () => {
  test('has a button for each connection in force, beside the password, and says nothing of the others', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    expect((await at(tenant).get('/sign-in')).body).not.toContain('/sso/');
    await newConnection(tenant, { state: 'draft', label: 'Draft ID' });
    await newConnection(tenant, { state: 'tested', label: 'Tested ID' });
    await newConnection(tenant, { enabled: false, label: 'Off ID' });
    const first = await newConnection(tenant, { label: 'Kettle & <Co>' });
    const second = await newConnection(tenant, { label: 'Copper ID' });
    const page = await at(tenant).get('/sign-in?return_to=%2Fsettings%2Fprofile%3Fa%3D1%26b');
    const buttons = [...page.body.matchAll(/<a [^>]*href="(\/sso\/start\/[^"]+)"[^>]*>([^<]*)</g)];
    expect(buttons.map(([, href, label]) => [href, label])).toEqual([
      [`/sso/start/${first.id}?return_to=%2Fsettings%2Fprofile%3Fa%3D1%26b`, 'Kettle &amp; &lt;Co&gt;'],
      [`/sso/start/${second.id}?return_to=%2Fsettings%2Fprofile%3Fa%3D1%26b`, 'Copper ID'],
    ]);
    expect(page.body).toContain('type="password"');
    expect(page.text).not.toMatch(/Draft ID|Tested ID|Off ID/);
    await admin()`update tenants set entitlements = '{}' where id = ${tenant.id}`;
    expect((await at(tenant).get('/sign-in')).body).not.toContain('/sso/');
  });

  test('shows the code of a failure of this tenant, and nothing for any other', async () => {
    const { tenant, connection, user } = await office();
    const code = await failedAs(tenant, connection, { email: `no-${user.email}` });
    expect((await at(tenant).get(`/sign-in?sso=${code}`)).text).toContain(code);
    expect((await at(tenant, { locale: 'fr' }).get(`/sign-in?sso=${code}`)).text).toContain(
      `donnez ce code à votre administrateur\u00a0: ${code}`.replace('\u00a0', ' '),
    );
    const elsewhere = await newTenant({ entitlements: ['single-sign-on'] });
    for (const [where, shown] of [
      [elsewhere, code],
      [tenant, 'blue-otter-11'],
      [tenant, '%3Cscript%3E'],
      [tenant, `${code}&sso=${code}`],
    ] as const) {
      const page = await at(where).get(`/sign-in?sso=${shown}`);
      expect([shown, page.status, page.text.includes('did not work')]).toEqual([shown, 200, false]);
    }
  });
});

describe('the beginning', () => {
  test('is refused with a code for a connection that is not in force, and leads nowhere for none', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const abroad = await office();
    for (const more of [{ state: 'draft' }, { state: 'tested' }, { enabled: false }] as const) {
      const connection = await newConnection(tenant, more);
      const answer = await at(tenant).get(`/sso/start/${connection.id}`);
      expect(answer.location).toMatch(/^\/sign-in\?sso=[a-z]+-[a-z]+-\d\d$/);
    }
    expect((await eventsOf(tenant, 'authn_sso_fail')).map(({ detail }) => detail.reason)).toEqual(
      Array(3).fill('disabled'),
    );
    for (const id of [abroad.connection.id, 'x', '%00', '00000000-0000-0000-0000-000000000000', "'--"]) {
      const answer = await at(tenant).get(`/sso/start/${id}`);
      expect([id, answer.status < 500, answer.location ?? '/sign-in']).toEqual([id, true, '/sign-in']);
    }
    expect(await admin()`select id from sso_flows where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('is started by the user only: no other site’s link, no prefetch', async () => {
    const { tenant, connection } = await office();
    const path = `/sso/start/${connection.id}`;
    for (const [name, value] of [
      ['sec-fetch-site', 'cross-site'],
      ['sec-fetch-site', 'same-site'],
      ['purpose', 'prefetch'],
      ['sec-purpose', 'prefetch'],
    ] as const) {
      const answer = await at(tenant).get(path, { headers: { [name]: value } });
      expect([name, answer.location, answer.setCookies]).toEqual([name, '/sign-in', []]);
    }
    expect(await admin()`select id from sso_flows where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('of a test is an administrator’s', async () => {
    const { tenant, connection, user } = await office();
    const path = `/sso/start/${connection.id}?purpose=test`;
    expect((await at(tenant).get(path)).location).toMatch(/^\/sign-in/);
    const inside = at(tenant);
    await inside.signIn(user.username, PASSWORD);
    expect((await inside.get(path)).status).toBe(404);
    expect(await eventsOf(tenant, 'authz_fail')).toHaveLength(1);
  });

  test('is made two hundred times a quarter of an hour from one address', async () => {
    const { tenant, connection } = await office();
    const from = '127.0.0.61';
    await admin()`
      insert into volume_limits (key, "window", count)
      values (${`sso:${tenant.id}:address:${from}`}, floor(extract(epoch from now()) / 900) * 900, 200)`;
    const answer = await at(tenant, { from }).get(`/sso/start/${connection.id}`);
    expect(answer.location).toBe('/sign-in?reason=sso-busy');
    expect((await at(tenant).get('/sign-in?reason=sso-busy')).text).toContain('too many tries');
  });
});

describe('the end', () => {
  test('opens a session for the one who was named, in the browser that began, once, on either instance', async () => {
    const { tenant, connection, user } = await office();
    const named = identity(connection, { email: user.email });
    const came = await newTicket(tenant, connection, named, { returnTo: '/settings/profile' });
    const browser = at(tenant);
    browser.jar.set(BROWSER, came.browser);
    const answer = await browser.get(came.address);
    expect([answer.status, answer.location]).toEqual([307, '/settings/profile']);
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(browser.jar.get(SESSION)).toMatch(/^[\w-]{43}$/);
    expect((await browser.get('/settings/profile')).body).toContain(user.email);

    const again = at(tenant, {}, 1);
    again.jar.set(BROWSER, came.browser);
    const second = await again.get(came.address);
    expect(second.location).toMatch(/^\/sign-in\?sso=/);
    expect(await sessionsOf(tenant)).toEqual([user.id]);
    expect(await reasonsOf(tenant)).toEqual(['flow-used']);
    // Reloaded in the browser that is in already, it says so and changes nothing.
    const page = await browser.open(came.address);
    expect(page.text).toContain('You are still signed in here as Robin Achterberg.');
    expect((await browser.get('/home')).status).toBe(200);
  });

  test('of twenty requests with one ticket is one session', async () => {
    const { tenant, connection, user } = await office();
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email }));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => {
        const browser = at(tenant, { from: `127.0.1.${turn + 1}` }, turn);
        browser.jar.set(BROWSER, came.browser);
        return browser.get(came.address);
      }),
    );
    expect(answers.filter(({ location }) => location === '/home')).toHaveLength(1);
    expect(answers.filter(({ location }) => location?.startsWith('/sign-in?sso='))).toHaveLength(19);
    expect(await sessionsOf(tenant)).toEqual([user.id]);
  });

  test('in another browser, without the cookie or on another tenant’s host opens nothing and spends nothing', async () => {
    const { tenant, connection, user } = await office();
    const abroad = await office();
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email }));
    for (const [where, cookie] of [
      [tenant, undefined],
      [tenant, randomToken()],
      [tenant, 'x'.repeat(8000)],
      [tenant, `${came.browser} `],
      [abroad.tenant, came.browser],
    ] as const) {
      const browser = at(where);
      if (cookie) browser.jar.set(BROWSER, encodeURIComponent(cookie));
      const answer = await browser.get(came.address);
      expect(answer.location ?? String(answer.status)).toMatch(/^\/sign-in\?sso=|^431$/);
      expect(browser.jar.has(SESSION)).toBe(false);
    }
    expect(await sessionsOf(tenant)).toEqual([]);
    expect(new Set(await reasonsOf(tenant))).toEqual(new Set(['other-browser']));
    const own = at(tenant);
    own.jar.set(BROWSER, came.browser);
    expect((await own.get(came.address)).location).toBe('/home');
  });

  test('without a ticket, or with nonsense for one, is refused', async () => {
    const { tenant } = await office();
    for (const query of ['', '?t=', '?t=x', `?t=${randomToken()}`, '?t=%00', '?t=a&t=b']) {
      const answer = await at(tenant).get(`/sso/complete${query}`);
      expect([query.slice(0, 9), answer.location]).toEqual([
        query.slice(0, 9),
        expect.stringMatching(/^\/sign-in\?sso=/),
      ]);
    }
    const post = await at(tenant).ask('/sso/complete', {
      method: 'POST',
      body: '',
      headers: { origin: 'https://evil.example' },
    });
    expect(post.status).toBe(403);
  });

  test('leads to this host and nowhere else', async () => {
    const { tenant, connection, user } = await office();
    const named = identity(connection, { email: user.email });
    for (const returnTo of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/%2f/evil',
    ])
      expect([returnTo, (await arriving(tenant, connection, named, { returnTo })).location]).toEqual([
        returnTo,
        '/home',
      ]);
  });

  test('at a connection disabled in between is refused', async () => {
    const { tenant, connection, user } = await office();
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email }));
    const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
    await setEnabled(tenant, connection.id, false, cause);
    const browser = at(tenant);
    browser.jar.set(BROWSER, came.browser);
    expect((await browser.get(came.address)).location).toMatch(/^\/sign-in\?sso=/);
    expect(await reasonsOf(tenant)).toEqual(['disabled']);
    expect(await sessionsOf(tenant)).toEqual([]);
  });

  test('as another user than the signed-in one links nothing, and asks to sign out first', async () => {
    const { tenant, connection, user } = await office();
    const other = await newUser(tenant, { firstName: 'Milo', lastName: 'Tanaka' });
    const browser = at(tenant);
    await browser.signIn(other.username, PASSWORD);
    const before = browser.jar.get(SESSION);
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email }));
    browser.jar.set(BROWSER, came.browser);
    const page = await browser.open(came.address);
    expect(page.text).toContain('You are still signed in here as Milo Tanaka.');
    expect(browser.jar.get(SESSION)).toBe(before);
    expect(await admin()`select subject from sso_links where tenant_id = ${tenant.id}`).toEqual([]);
    expect(await reasonsOf(tenant)).toEqual(['other-person']);
    expect(await sessionsOf(tenant)).toEqual([other.id]);
  });

  test('as the signed-in user replaces the session', async () => {
    const { tenant, connection, user } = await office();
    const browser = at(tenant);
    await browser.signIn(user.username, PASSWORD);
    const before = browser.jar.get(SESSION);
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email }));
    browser.jar.set(BROWSER, came.browser);
    expect((await browser.get(came.address)).location).toBe('/home');
    expect(browser.jar.get(SESSION)).not.toBe(before);
    expect(await sessionsOf(tenant)).toEqual([user.id]);
  });

  test('of a test opens nothing, and reports to the administrator who began', async () => {
    const { tenant, user } = await office();
    const connection = await newConnection(tenant, { state: 'draft' });
    const boss = await newUser(tenant, { role: 'administrator' });
    const start = { purpose: 'test', userId: boss.id } as const;
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email }), start);
    const browser = at(tenant);
    browser.jar.set(BROWSER, came.browser);
    const answer = await browser.get(came.address);
    expect(answer.location).toBe(`/admin/single-sign-on/${connection.id}/test?flow=${came.flow.id}`);
    expect(browser.jar.has(SESSION)).toBe(false);
    expect((await findReport(tenant, came.flow.id, boss.id))?.report).toMatchObject({ ok: true });
    expect(await findReport(tenant, came.flow.id, user.id)).toBeUndefined();
    expect(await sessionsOf(tenant)).toEqual([]);
    expect(await admin()`select subject from sso_links where tenant_id = ${tenant.id}`).toEqual([]);
  });
});

describe('signing out of a session through a provider', () => {
  test('says that the provider may hold one still, and goes there once, in this browser', async () => {
    const { tenant, connection, user } = await office();
    const browser = at(tenant);
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email, hint: 'an.id.token' }));
    browser.jar.set(BROWSER, came.browser);
    await browser.get(came.address);
    const [kept] = await admin()`select sealed_hint from sessions where tenant_id = ${tenant.id}`;
    expect(kept?.sealed_hint).not.toContain('an.id.token');
    const out = await browser.submit('/home', {}, { button: 'Sign out' });
    expect(out.location).toMatch(/^\/signed-out\?t=[\w-]{43}$/);
    expect(browser.jar.has(SESSION)).toBe(false);
    expect(await sessionsOf(tenant)).toEqual([]);
    const page = await browser.open(out.location ?? '');
    expect(page.text).toContain('Your company account may still be signed in on this browser.');
    const link = /href="(\/signed-out\/company\?t=[\w-]+)"/.exec(page.body)?.[1] ?? '';
    expect(page.text).toContain('Also sign out of your company account');

    const stranger = await at(tenant).get(link);
    expect(stranger.location).toBe('/sign-in?reason=signed-out');
    const foreign = await browser.get(link, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(foreign.location).toBe('/signed-out');
    // Its provider cannot be asked in this test, so both ways end on our own page; the ticket is
    // gone all the same.
    expect((await browser.get(link)).location).toBe('/sign-in?reason=signed-out');
    const rows = await admin()`
      select ticket_hash, result from sso_flows where tenant_id = ${tenant.id} and purpose = 'logout'`;
    expect([...rows]).toEqual([{ ticket_hash: null, result: null }]);
    // A plain page: nothing sends anybody straight back.
    const back = await browser.get('/sign-in?reason=signed-out');
    expect([back.status, back.location]).toEqual([200, undefined]);
  });

  test('offers no company sign-out where the connection has none or the user signed in by password', async () => {
    const { tenant, connection, user } = await office();
    await admin()`update sso_connections set settings = settings || '{"logout": false}' where id = ${connection.id}`;
    const browser = at(tenant);
    const came = await newTicket(tenant, connection, identity(connection, { email: user.email }));
    browser.jar.set(BROWSER, came.browser);
    await browser.get(came.address);
    expect((await browser.submit('/home', {}, { button: 'Sign out' })).location).toBe('/signed-out');
    expect((await browser.get('/signed-out')).text).not.toContain('Also sign out');
    await browser.signIn(user.username, PASSWORD);
    expect((await browser.submit('/home', {}, { button: 'Sign out' })).location).toBe('/sign-in?reason=signed-out');
  });
});

type Tenant = Awaited<ReturnType<typeof newTenant>>;
type Connection = Awaited<ReturnType<typeof newConnection>>;
type Identity = ReturnType<typeof identity>;

function at(tenant: Tenant, more: { locale?: string; from?: string } = {}, instance = 0) {
  return visitor({ port: product.app(instance).port, host: tenant.host, ...more });
}

async function office() {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  return { tenant, connection: await newConnection(tenant), user: await newUser(tenant) };
}

async function arriving(tenant: Tenant, connection: Connection, named: Identity, start: { returnTo?: string } = {}) {
  const came = await newTicket(tenant, connection, named, start);
  const browser = at(tenant);
  browser.jar.set(BROWSER, came.browser);
  return browser.get(came.address);
}

async function failedAs(tenant: Tenant, connection: Connection, named: Partial<Identity>) {
  const answer = await arriving(tenant, connection, identity(connection, named));
  const [failure] = await listFailures(tenant);
  expect(answer.location).toBe(`/sign-in?sso=${failure?.code}`);
  return failure?.code ?? '';
}

async function sessionsOf(tenant: Tenant) {
  const rows = await admin()<{ user_id: string }[]>`select user_id from sessions where tenant_id = ${tenant.id}`;
  return rows.map((row) => row.user_id);
}

async function reasonsOf(tenant: Tenant) {
  return (await eventsOf(tenant, 'authn_sso_fail')).map(({ detail }) => detail.reason);
}
