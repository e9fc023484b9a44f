import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { eventsOf } from '@/tests/support/audit';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const running = instances(2);
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const HOURS = 3600;
const SID = '__Host-sid';
const CHANGE = { current: PASSWORD, password: NEW_PASSWORD, repeat: NEW_PASSWORD };

describe('the cookie', () => {
  test('is new at every sign-in: one put there before is worth nothing', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const planted = 'A'.repeat(43);
    browser.jar.set(SID, planted);
    await browser.signIn(user.username, PASSWORD);
    expect(browser.jar.get(SID)).not.toBe(planted);
    const thief = at(tenant);
    thief.jar.set(SID, planted);
    expect((await thief.get('/home')).status).toBe(307);
  });

  test('is for this host only, out of scripts’ reach, and never sent across sites with a form', async () => {
    const { tenant, user } = await people();
    const { setCookies } = await at(tenant).signIn(user.username, PASSWORD);
    for (const cookie of setCookies) {
      expect(cookie).toMatch(/^__Host-/);
      expect(cookie).toMatch(/; Path=\/;/);
      expect(cookie).toMatch(/; Secure/);
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).toMatch(/; SameSite=lax/i);
      expect(cookie).not.toMatch(/domain=/i);
    }
    expect(setCookies[0]).toContain('Max-Age=86400');
  });

  test('as the database keeps it opens nothing', async () => {
    const { tenant, user, inside } = await signedIn();
    const [row] = await admin()`select token_hash, id from sessions where user_id = ${user.id}`;
    const hash = row?.token_hash as Buffer;
    expect(
      hash.equals(
        createHash('sha256')
          .update(inside.jar.get(SID) ?? '')
          .digest(),
      ),
    ).toBe(true);
    for (const value of [hash.toString('base64url'), hash.toString('hex'), hash.toString('base64'), row?.id]) {
      const thief = at(tenant);
      thief.jar.set(SID, value);
      expect((await thief.get('/home')).status).toBe(307);
    }
  });

  test.each([
    ['8 KB', 'a'.repeat(8192)],
    ['a NUL', `${'a'.repeat(20)}%00${'a'.repeat(20)}`],
    ['a broken escape', '%E0%A4%A'],
    ['bytes that are no UTF-8', '\u00ff\u00fe\u00c3\u0028'],
    ['one letter too few', 'a'.repeat(42)],
    ['one letter too many', 'a'.repeat(44)],
    ['quotes', `"${'a'.repeat(43)}"`],
    ['SQL', "' or 1=1 --"],
    ['JSON', '{"id":1}'],
    ['nothing', ''],
  ])('of %s is no session and no error', async (_, value) => {
    const { tenant } = await people();
    for (const name of [SID, '__Host-pl', '__Host-dv', '__Host-rs', '__Host-lang']) {
      const browser = at(tenant);
      browser.jar.set(name, value);
      for (const path of ['/home', '/sign-in', '/sign-in/code', '/reset-password', '/api/session']) {
        const answer = await browser.get(path);
        expect([name, path, answer.status]).toEqual([name, path, expect.toSatisfy((status) => status < 432)]);
      }
    }
  });

  test('of a sibling subdomain is not looked at, in whatever order it comes', async () => {
    const { tenant, inside } = await signedIn();
    const good = inside.jar.get(SID);
    const orders = [`sid=evil; ${SID}=${good}`, `${SID}=${good}; sid=evil`, `SID=x; __Secure-sid=y; ${SID}=${good}`];
    for (const cookie of orders) {
      expect((await at(tenant).get('/home', { headers: { cookie } })).status).toBe(200);
    }
    expect((await at(tenant).get('/home', { headers: { cookie: `sid=${good}` } })).status).toBe(307);
    expect((await at(tenant).get('/home', { headers: { cookie: `__Secure-sid=${good}` } })).status).toBe(307);
  });

  test('is one and the same to a page and to what an open page asks: of two of its name the last', async () => {
    const { tenant, inside } = await signedIn();
    const good = `${SID}=${inside.jar.get(SID)}`;
    const other = `${SID}=${'A'.repeat(43)}`;
    for (const [cookie, live] of [
      [`${other}; ${good}`, true],
      [`${good}; ${other}`, false],
      [`${good};${other}`, false],
      [`${good}; ${SID}=%ZZ`, true],
      [`${good}; ${SID}`, false],
    ] as const) {
      const browser = at(tenant);
      expect((await browser.get('/home', { headers: { cookie } })).status).toBe(live ? 200 : 307);
      expect((await browser.get('/home', { headers: { cookie, accept: '*/*' } })).status).toBe(live ? 200 : 307);
      expect(JSON.parse((await browser.get('/api/session', { headers: { cookie } })).body).live).toBe(live);
    }
  });

  test('of one tenant is nothing on another’s address, and is not harmed by it', async () => {
    const { inside } = await signedIn();
    const other = await newTenant();
    const abroad = at(other);
    abroad.jar.set(SID, inside.jar.get(SID) ?? '');
    const answer = await abroad.get('/home');
    expect(answer.status).toBe(307);
    expect(answer.body).not.toContain('Robin');
    expect((await inside.get('/home')).status).toBe(200);
  });
});

describe('time', () => {
  test('an interaction a second before four hours keeps the session; four idle hours end it and lead back to the same page', async () => {
    const { user, inside } = await signedIn();
    await idle(user, 4 * HOURS - 1);
    expect((await inside.get('/settings/profile?tab=1')).status).toBe(200);
    await idle(user, 4 * HOURS - 1);
    expect((await inside.get('/home')).status).toBe(200);
    // Slides are written once a minute, so the minute is given on top.
    await idle(user, 4 * HOURS + 61);
    const answer = await inside.get('/settings/profile?tab=1');
    expect([answer.status, answer.location]).toEqual([
      307,
      '/sign-in?reason=idle&return_to=%2Fsettings%2Fprofile%3Ftab%3D1',
    ]);
    const page = await inside.open('/settings/profile?tab=1');
    expect(page.text).toContain('nothing happened for a while');
    const back = await inside.submit(answer.location ?? '', { username: user.username, password: PASSWORD });
    expect(back.location).toBe('/settings/profile?tab=1');
  });

  test('prefetches and an open page’s own questions keep nothing alive', async () => {
    const { user, inside } = await signedIn();
    const passive: [string, Record<string, string>][] = [
      ['/api/session', {}],
      ['/home', { purpose: 'prefetch' }],
      ['/home', { 'sec-purpose': 'prefetch;prerender' }],
      ['/home', { rsc: '1', 'next-router-prefetch': '1' }],
      ['/home', { rsc: '1', 'next-router-segment-prefetch': '/_tree' }],
    ];
    for (let quarter = 0; quarter < 3; quarter++) {
      await idle(user, 2 * HOURS - 100);
      for (const [path, headers] of passive) await inside.get(path, { headers });
    }
    expect((await inside.get('/home')).location).toMatch(/reason=idle/);
  });

  test('something done on an open page keeps it alive, and only from our own page', async () => {
    const { user, inside } = await signedIn();
    const touch = (origin: string) => inside.ask('/api/session', { method: 'POST', body: '', headers: { origin } });
    await idle(user, 3 * HOURS);
    expect((await touch('https://evil.example')).status).toBe(403);
    const left = JSON.parse((await inside.get('/api/session')).body).msLeft;
    expect(left).toBeLessThan(1.1 * HOURS * 1000);
    expect(JSON.parse((await touch(inside.origin)).body).msLeft).toBeGreaterThan(3.9 * HOURS * 1000);
  });

  test('an interaction every hour ends at the absolute cap', async () => {
    const { user, inside } = await signedIn();
    for (let hour = 1; hour < 24; hour++) {
      await age('sessions', HOURS, `user_id = '${user.id}'`);
      expect([hour, (await inside.get('/home')).status]).toEqual([hour, 200]);
    }
    await age('sessions', HOURS, `user_id = '${user.id}'`);
    expect((await inside.get('/home')).location).toBe('/sign-in?reason=absolute');
  });

  test('a hundred requests in a minute write once at most', async () => {
    const { user, inside } = await signedIn();
    await idle(user, 90);
    const writes = () => admin()`select xmin::text from sessions where user_id = ${user.id}`;
    const seen = new Set<string>();
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 5 }, () =>
          inside.get('/api/session', { method: 'POST', headers: { origin: inside.origin } }),
        ),
      );
      seen.add(String((await writes())[0]?.xmin));
    }
    expect(seen.size).toBe(1);
  });
});

describe('the end of a session', () => {
  test('by signing out makes every copy of its cookie useless', async () => {
    const { tenant, user, inside } = await signedIn();
    const kept = inside.jar.get(SID) ?? '';
    const form = await inside.form('/settings/profile', ['firstName']);
    const out = await inside.submit('/home', {}, { button: 'Sign out' });
    expect(out.location).toBe('/sign-in?reason=signed-out');
    expect(inside.jar.has(SID)).toBe(false);
    const thief = at(tenant);
    thief.jar.set(SID, kept);
    const answer = await thief.get('/home');
    expect([answer.status, answer.location]).toEqual([307, '/sign-in?reason=ended']);
    expect(answer.body).not.toContain('Robin');
    expect((await thief.post('/settings/profile', form, { firstName: 'Mallory' })).location).toMatch(/^\/sign-in/);
    expect(JSON.parse((await thief.get('/api/session')).body)).toEqual({ live: false, msLeft: 0, why: 'ended' });
    expect(await eventsOf(tenant, 'authn_logout')).toMatchObject([{ actor_id: user.id }]);
  });

  test('pages of a signed-in user are kept by no cache and no Back button', async () => {
    const { inside } = await signedIn();
    for (const path of ['/home', '/settings/profile', '/settings/sessions', '/api/session']) {
      expect((await inside.get(path)).headers['cache-control']).toContain('no-store');
    }
  });

  test('another site cannot bring it about', async () => {
    const { inside } = await signedIn();
    const form = await inside.form('/home', [], 'Sign out');
    const answer = await inside.post('/home', form, {}, { headers: { origin: 'https://evil.example' } });
    expect(answer.status).toBe(403);
    expect((await inside.get('/home')).status).toBe(200);
  });

  test('comes with the next request after an administrator disables the user, or lowers the role', async () => {
    const tenant = await newTenant();
    const [boss, other] = [
      await newUser(tenant, { role: 'administrator' }),
      await newUser(tenant, { role: 'administrator' }),
    ];
    const [helper, lowered] = [await inSession(tenant, boss), await inSession(tenant, other)];
    expect((await lowered.get('/admin/users')).status).toBe(200);
    const path = `/admin/users/${other.id}`;
    await helper.submit(path, { role: 'agent' });
    expect((await lowered.get('/admin/users')).status).toBe(404);
    expect((await lowered.get('/home')).status).toBe(200);
    await helper.submit(path, { status: 'disabled' });
    expect((await lowered.get('/home')).location).toMatch(/reason=ended/);
  });
});

describe('changing the password', () => {
  test('keeps this session under a new cookie and ends all others', async () => {
    const { tenant, user, inside } = await signedIn();
    const others = await Promise.all([inSession(tenant, user), inSession(tenant, user, 1)]);
    const before = inside.jar.get(SID) ?? '';
    const answer = await inside.submit('/settings/password', CHANGE);
    expect(answer.message).toMatch(/changed/);
    expect(inside.jar.get(SID)).not.toBe(before);
    expect((await inside.get('/home')).status).toBe(200);
    for (const other of others) expect((await other.get('/home')).location).toMatch(/reason=ended/);
    const thief = at(tenant);
    thief.jar.set(SID, before);
    expect((await thief.get('/home')).status).toBe(307);
  });

  test('twice at once on two instances: one succeeds, the other gets a conflict', async () => {
    const { tenant, user, inside } = await signedIn();
    const other = await inSession(tenant, user, 1);
    const passwords = ['harvest marble violet 11', 'harvest marble violet 22'];
    const browsers = [inside, other];
    const forms = await Promise.all(browsers.map((browser) => browser.form('/settings/password', ['current'])));
    const answers = await Promise.all(
      browsers.map((browser, index) => {
        const [form, password = ''] = [forms[index], passwords[index]];
        if (!form) throw new Error('no form');
        return browser.post('/settings/password', form, { current: PASSWORD, password, repeat: password });
      }),
    );
    const good: string[] = [];
    for (const password of passwords) {
      await admin()`delete from throttles`;
      if ((await at(tenant).signIn(user.username, password)).location === '/home') good.push(password);
    }
    expect(good).toHaveLength(1);
    const won = passwords.indexOf(good[0] ?? '');
    expect(answers[won]?.message).toMatch(/Your password was changed|changed/);
    expect(answers[1 - won]?.setCookies.some((cookie) => cookie.startsWith(`${SID}=`))).toBe(false);
    expect(answers.every((answer) => answer.status < 500)).toBe(true);
  });

  test('asks for the current one, five times', async () => {
    const { inside } = await signedIn();
    for (let attempt = 1; attempt <= 4; attempt++) {
      expect((await inside.submit('/settings/password', { ...CHANGE, current: 'not it' })).message).toBe(
        'Check the fields below.',
      );
    }
    expect((await inside.submit('/settings/password', { ...CHANGE, current: 'not it' })).message).toMatch(
      /^Too many failed/,
    );
    expect((await inside.submit('/settings/password', CHANGE)).message).toMatch(/^Too many failed/);
    expect((await inside.get('/home')).status).toBe(200);
  });
});

describe('the list of sessions', () => {
  test('ends one or all other sessions of the same user only', async () => {
    const { tenant, user, inside } = await signedIn();
    const stranger = await newUser(tenant);
    const foreign = await inSession(tenant, stranger);
    const [second, third] = [await inSession(tenant, user), await inSession(tenant, user)];
    const form = await inside.form('/settings/sessions', ['session']);
    const [theirs] = await admin()`select id from sessions where user_id = ${stranger.id}`;
    for (const session of [theirs?.id, '00000000-0000-4000-8000-000000000000']) {
      const answer = await inside.post('/settings/sessions', form, { session });
      expect(answer.status).toBe(404);
    }
    expect((await foreign.get('/home')).status).toBe(200);
    expect(await eventsOf(tenant, 'authz_fail')).toHaveLength(2);
    const [row] = await admin()`
      select id from sessions where token_hash = ${createHash('sha256')
        .update(second.jar.get(SID) ?? '')
        .digest()}`;
    expect((await inside.post('/settings/sessions', form, { session: row?.id })).status).toBe(200);
    expect((await second.get('/home')).status).toBe(307);
    expect((await third.get('/home')).status).toBe(200);
    const others = await inside.form('/settings/sessions', [], /others/i);
    await inside.post('/settings/sessions', others, {});
    expect((await third.get('/home')).status).toBe(307);
    expect((await inside.get('/home')).status).toBe(200);
  });
});

test('a page sends the browser nothing about the session and user beyond what it shows', async () => {
  const { user, inside } = await signedIn({ role: 'administrator' });
  const [row] =
    await admin()`select encode(token_hash, 'hex') as hex, encode(token_hash, 'base64') as base from sessions where user_id = ${user.id}`;
  const [password] = await admin()`select hash from passwords where user_id = ${user.id}`;
  expect(Object.keys(JSON.parse((await inside.get('/api/session')).body)).sort()).toEqual(['live', 'msLeft']);
  for (const path of ['/home', '/settings/profile', '/settings/sessions', '/admin/users', `/admin/users/${user.id}`]) {
    for (const headers of [{}, { rsc: '1' }] as Record<string, string>[]) {
      const { body } = await inside.get(path, { headers });
      for (const secret of [
        row?.hex,
        row?.base,
        password?.hash,
        inside.jar.get(SID),
        '$argon2',
        'tokenHash',
        'sealedSecret',
        'absoluteUntil',
      ]) {
        expect([path, secret, body.includes(secret)]).toEqual([path, secret, false]);
      }
    }
  }
});

test('a session whose row is locked delays no request, not even its user’s', async () => {
  const { tenant, user, inside } = await signedIn();
  const other = await inSession(tenant, await newUser(tenant));
  await idle(user, 90);
  await admin().begin(async (tx) => {
    await tx`select 1 from sessions where user_id = ${user.id} for update`;
    const answers = await Promise.all([inside, inside, inside, inside, other].map((browser) => browser.get('/home')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });
  const [row] =
    await admin()`select last_seen_at < now() - interval '80 seconds' as old from sessions where user_id = ${user.id}`;
  expect(row?.old).toBe(true);
  await inside.get('/home');
  const [slid] =
    await admin()`select last_seen_at > now() - interval '10 seconds' as new from sessions where user_id = ${user.id}`;
  expect(slid?.new).toBe(true);
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}

async function signedIn(more: Parameters<typeof newUser>[1] = {}) {
  const tenant = await newTenant();
  const user = await newUser(tenant, more);
  return { tenant, user, inside: await inSession(tenant, user) };
}

async function inSession(tenant: Tenant, user: Person, instance = 0): Promise<Visitor> {
  const browser = at(tenant, instance);
  expect((await browser.signIn(user.username, user.password)).location).toBe('/home');
  return browser;
}

function at(tenant: Tenant, instance = 0) {
  return visitor({ port: running.app(instance).port, host: tenant.host });
}

/** As if nobody had touched the person's sessions for so long. */
async function idle(user: Person, seconds: number) {
  await admin()`
    update sessions set last_seen_at = last_seen_at - make_interval(secs => ${seconds}),
      absolute_until = greatest(absolute_until, now() + interval '12 hours') where user_id = ${user.id}`;
}
