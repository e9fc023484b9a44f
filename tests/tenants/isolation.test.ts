import { connect } from 'node:net';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import { users } from '@/db/schema/users';
import { eventsOf } from '@/tests/support/audit';
import { pathOf, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { textOf } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { browsersOf } from '@/tests/support/sign-in';
import { enrolled, newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances();
const { at, inSession } = browsersOf(running);
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const WRONG = 'The username or password is not right. Check both and try again.';

describe('the address', () => {
  test('of an unknown account shows its own 404 page without any tenant’s data', async () => {
    await newTenant({ name: 'Secret Customer' });
    for (const path of ['/', '/sign-in', '/home', '/forgot-password', '/admin/users', '/api/session']) {
      const answer = await visitor({ port: running.app().port, host: 'no-such-account.gatehouse.test' }).get(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body).not.toContain('Secret Customer');
    }
  });

  test('of a suspended account says so, 403, and ends what was going on', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const inside = await inSession(tenant, user);
    const form = await at(tenant).form('/sign-in', ['username', 'password']);
    await admin()`update tenants set status = 'suspended' where id = ${tenant.id}`;
    for (const path of ['/home', '/settings/profile', '/sign-in', '/forgot-password']) {
      const answer = await inside.get(path);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.body).not.toContain('Robin');
    }
    const answer = await at(tenant).post('/sign-in', form, { username: user.username, password: PASSWORD });
    expect([answer.status, answer.setCookies]).toEqual([403, []]);
    await admin()`update tenants set status = 'active' where id = ${tenant.id}`;
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
  });

  test('is read in every spelling that a browser may send', async () => {
    const tenant = await newTenant({ accountId: 'BTSA-NJ-K16' });
    for (const host of [
      tenant.host,
      tenant.host.toUpperCase(),
      `${tenant.host}:443`,
      `${tenant.host}.`,
      `${tenant.host}.:443`,
      `${tenant.host}:8443`,
      `${tenant.host}:80`,
    ]) {
      const { status, body } = await raw([`GET /sign-in HTTP/1.1`, `Host: ${host}`]);
      expect([host, status]).toEqual([host, 200]);
      expect(body).toContain('Copper Kettle Works');
    }
  });

  test.each([
    ['an address by number', '127.0.0.1'],
    ['IPv6', '[::1]'],
    ['two labels', 'a.acme.gatehouse.test'],
    ['a foreign end', 'acme.gatehouse.test.evil.com'],
    ['punycode that nobody has', 'xn--80ak6aa92e.gatehouse.test'],
    ['a reserved name', 'admin.gatehouse.test'],
    ['nothing', ''],
    ['spaces', 'acme gatehouse.test'],
    ['credentials', 'user@acme.gatehouse.test'],
    ['a path', 'acme.gatehouse.test/evil'],
    ['an underscore', 'ac_me.gatehouse.test'],
    ['letters beyond ASCII', 'acmé.gatehouse.test'],
    ['a leading dot', '.gatehouse.test'],
    ['a very long name', `${'a'.repeat(300)}.gatehouse.test`],
    ['a port that is none', 'acme.gatehouse.test:99999999'],
    ['a port beyond the last', 'acme.gatehouse.test:65536'],
    ['a word for a port', 'acme.gatehouse.test:https'],
  ])('of %s belongs to no tenant', async (_, host) => {
    await newTenantOnce('acme');
    const { status, body } = await raw(['GET /sign-in HTTP/1.1', `Host: ${host}`]);
    expect([400, 404, 421]).toContain(status);
    expect(body).not.toContain('Copper Kettle Works');
  });

  test('sent twice, left out, or given in the first line is refused', async () => {
    const tenant = await newTenant();
    const other = await newTenant();
    const requests = [
      ['GET /sign-in HTTP/1.1', `Host: ${tenant.host}`, `Host: ${other.host}`],
      ['GET /sign-in HTTP/1.1', `Host: ${tenant.host}`, `Host: ${tenant.host}`],
      ['GET /sign-in HTTP/1.1', `Host: ${tenant.host}, ${other.host}`],
      ['GET /sign-in HTTP/1.1'],
      [`GET https://${other.host}/sign-in HTTP/1.1`, `Host: ${tenant.host}`],
      ['GET //evil.example/sign-in HTTP/1.1', `Host: ${tenant.host}`],
      ['GET * HTTP/1.1', `Host: ${tenant.host}`],
    ];
    for (const lines of requests) expect([lines, (await raw(lines)).status]).toEqual([lines, 400]);
    expect((await raw(['OPTIONS * HTTP/1.1', `Host: ${tenant.host}`])).status).toBeLessThan(500);
    expect((await raw(['TRACE /sign-in HTTP/1.1', `Host: ${tenant.host}`])).status).toBe(405);
  });

  test('is the Host header’s alone, whatever other headers claim', async () => {
    const [here, there] = [await newTenant({ name: 'Here Limited' }), await newTenant({ name: 'There Limited' })];
    const claims = {
      'x-forwarded-host': there.host,
      'x-forwarded-server': there.host,
      forwarded: `host=${there.host}`,
      'x-original-host': there.host,
      'x-host': there.host,
      'x-tenant': there.slug,
      'x-matched-path': '/admin/users',
      'x-invoke-path': '/admin/users',
      'x-middleware-rewrite': '/admin/users',
      'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware',
      'x-middleware-next': '1',
      'x-nextjs-data': '1',
    };
    for (const headers of [claims, ...Object.entries(claims).map(([name, value]) => ({ [name]: value }))]) {
      const answer = await at(here).get('/sign-in', { headers });
      expect([headers, answer.status]).toEqual([headers, 200]);
      expect(answer.text).toContain('Here Limited');
      expect(answer.body).not.toContain('There Limited');
    }
  });

  test('requested alternately on two hosts never shows the other’s name', async () => {
    const pair = [await newTenant({ name: 'Alpha Limited' }), await newTenant({ name: 'Bravo Limited' })];
    const insides = await Promise.all(
      pair.map(async (tenant) => inSession(tenant, await newUser(tenant, { lastName: tenant.name }))),
    );
    for (const path of ['/sign-in', '/forgot-password', '/home', '/settings/profile']) {
      for (const headers of [{}, { rsc: '1' }] as Record<string, string>[]) {
        const answers = await Promise.all(
          [0, 1, 0, 1, 0, 1].map((index) =>
            (path.startsWith('/home') || path.startsWith('/settings')
              ? insides[index]
              : at(pair[index] as Tenant)
            )?.get(path, { headers }),
          ),
        );
        answers.forEach((answer, index) => {
          expect(answer?.body).not.toContain(index % 2 ? 'Alpha Limited' : 'Bravo Limited');
        });
      }
    }
  });
});

describe('without a session', () => {
  const doors = [
    '/home',
    '/settings/profile',
    '/settings/sessions',
    '/admin/users',
    '/admin/security',
    '/recovery-codes',
  ];
  const tricks: Record<string, string>[] = [
    { rsc: '1' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { rsc: '1', 'next-router-segment-prefetch': '/_full' },
    { 'next-router-prefetch': '1' },
    { purpose: 'prefetch' },
    { 'sec-purpose': 'prefetch' },
    { 'x-middleware-prefetch': '1' },
    { 'x-middleware-subrequest': 'src/middleware:middleware' },
    { 'x-tenant': 'acme' },
    { 'x-nextjs-data': '1' },
    { 'next-action': 'x' },
    { 'next-url': '/home' },
  ];

  test('no header opens a page, and every answer has its policy', async () => {
    const tenant = await newTenant();
    await newUser(tenant, { role: 'administrator', lastName: 'Zoutendijk' });
    for (const path of doors) {
      for (const headers of tricks) {
        const answer = await at(tenant).get(path, { headers });
        expect([path, headers, answer.body.includes('Zoutendijk')]).toEqual([path, headers, false]);
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
        if (!headers.rsc) expect([path, headers, answer.status]).not.toEqual([path, headers, 200]);
      }
    }
  });

  test('no other spelling of the path opens it either', async () => {
    const tenant = await newTenant();
    await newUser(tenant, { role: 'administrator', lastName: 'Zoutendijk' });
    const spellings = doors.flatMap((path) => [
      `${path}.rsc`,
      `${path}.txt`,
      `${path}.segments/_tree.segment.rsc`,
      `/_next/data/build${path}.json`,
      `${path}/`,
      `/${path}`,
      `/.${path}`,
      `/en${path}`,
      path.toUpperCase(),
      path.replace('/', '/%2e/'),
      `/_next/../${path.slice(1)}`,
      `${path}?_rsc=abc`,
      `${path}%00`,
      `${path};a=b`,
    ]);
    for (const path of spellings) {
      const answer = await at(tenant).get(path);
      expect([path, answer.status === 200, answer.status >= 500]).toEqual([path, false, false]);
      expect(answer.body).not.toContain('Zoutendijk');
    }
  });
});

describe('names', () => {
  test('an account ID after the extension must be this tenant’s, and may have hyphens', async () => {
    const here = await newTenant({ accountId: 'Acme-East-2' });
    const there = await newTenant({ accountId: 'Acme-East-3' });
    await newUser(here, { extension: '201' });
    await newUser(there, { extension: '201' });
    await newUser(there, { extension: '555' });
    const [mine, theirs] = ['201-acme-EAST-2', '201-acme-east-3'];
    expect((await at(here).signIn(mine, PASSWORD)).location).toBe('/home');
    expect((await at(here).signIn(theirs, PASSWORD)).message).toBe(WRONG);
    expect((await at(here).signIn('555-acme-east-3', PASSWORD)).message).toBe(WRONG);
    expect(await eventsOf(here, 'authn_login_fail')).toHaveLength(2);
    expect(await eventsOf(there, 'authn_login_fail')).toHaveLength(0);
  });

  test('and addresses may be the same in two tenants, and the page does not reveal it', async () => {
    const [here, there] = [await newTenant(), await newTenant()];
    const same = { username: 'sam', extension: '300', email: 'sam@shared.example' };
    await newUser(here, same);
    await newUser(here, { email: same.email });
    await newUser(there, same);
    for (const tenant of [here, there]) expect((await at(tenant).signIn('300', PASSWORD)).location).toBe('/home');
  });
});

test('every id of another tenant is unknown: page, action and data answer as for an id that does not exist', async () => {
  const [mine, foreign] = [await newTenant(), await newTenant()];
  const boss = await newUser(mine, { role: 'administrator' });
  const victim = await newUser(mine);
  const theirs = await newUser(foreign, { lastName: 'Zoutendijk' });
  await inSession(foreign, theirs);
  const [session] = await admin()`select id from sessions where user_id = ${theirs.id}`;
  const inside = await inSession(mine, boss);
  await inSession(mine, boss);
  await inSession(mine, victim);
  await enrolled(mine, victim);
  const nobody = '00000000-0000-4000-8000-000000000000';
  const shown = async (id: string) => {
    const { status, body } = await inside.get(`/admin/users/${id}`);
    return [status, textOf(body)];
  };
  expect(await shown(theirs.id)).toEqual(await shown(nobody));
  expect((await shown(theirs.id))[0]).toBe(404);
  const path = `/admin/users/${victim.id}`;
  const before = await snapshot(foreign);
  for (const button of ['Reset two-factor', 'Reset password', 'End sessions', 'Disable', 'administrator']) {
    const form = await inside.form(path, [], new RegExp(button, 'i'));
    for (const user of [theirs.id, nobody]) {
      expect([button, (await inside.post(path, form, { user })).status]).toEqual([button, 404]);
    }
  }
  const list = await inside.form('/settings/sessions', ['session']);
  expect((await inside.post('/settings/sessions', list, { session: session?.id })).status).toBe(404);
  expect(await snapshot(foreign)).toEqual(before);
  expect((await eventsOf(mine, 'authz_fail')).length).toBeGreaterThanOrEqual(11);
  const search = await inside.get(
    `/admin/users?q=Zoutendijk&after=${Buffer.from(JSON.stringify(['', '', theirs.id])).toString('base64url')}`,
  );
  expect([search.status, textOf(search.body).replace('Zoutendijk', '').includes('Zoutendijk')]).toEqual([200, false]);
});

describe('an account that moves', () => {
  test('to another address keeps no old cookies, links or attempts', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const user = await newUser(tenant);
    const pending = at(tenant);
    await pending.signIn(user.username, PASSWORD);
    await at(tenant).submit('/forgot-password', { username: user.username });
    const mail = await running.mail.mail(user.email ?? '');
    const link = pathOf(/https:\/\/\S+/.exec(mail.text)?.[0] ?? '');
    const slug = tenant.slug;
    await admin()`update tenants set slug = ${`${slug}-old`}, account_id = ${`${slug}-old`} where id = ${tenant.id}`;
    const successor = await newTenant({ accountId: slug, policy: { secondFactor: 'required' } });
    await newUser(successor, { username: user.username });
    expect((await pending.get('/sign-in/enroll')).location).toBe('/sign-in?reason=expired');
    const reader = at(successor);
    await reader.get(link);
    expect((await reader.get('/reset-password')).text).toContain('no longer works');
  });

  test('to its own domain is found there', async () => {
    const tenant = await newTenant({ domain: 'portal.acme.example' });
    const user = await newUser(tenant);
    const browser = visitor({ port: running.app().port, host: 'portal.acme.example' });
    expect((await browser.signIn(user.username, PASSWORD)).location).toBe('/home');
    expect((await browser.get('/home')).status).toBe(200);
  });
});

describe('the database', () => {
  test('shows the application’s role nothing without a tenant, and one tenant only with it', async () => {
    const [here, there] = [await newTenant(), await newTenant()];
    const mine = await newUser(here);
    await newUser(there);
    const app = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
    try {
      expect(await app`select 1 from users`).toHaveLength(0);
      expect(await app`update users set first_name = 'x' returning 1`).toHaveLength(0);
      expect(await app`delete from sessions returning 1`).toHaveLength(0);
      const insert = app`insert into users (tenant_id, username, first_name, last_name) values (${here.id}, 'evil', 'a', 'b')`;
      await expect(insert).rejects.toMatchObject({ code: '42501' });
      await expect(
        app`select set_config('app.tenant', 'not-a-uuid', false)`.then(() => app`select 1 from users`),
      ).rejects.toMatchObject({ code: '22P02' });
    } finally {
      await app.end();
    }
    const seen = await withTenant(here.id, (tx) => tx.select({ id: users.id }).from(users));
    expect(seen).toEqual([{ id: mine.id }]);
    const across = withTenant(here.id, (tx) =>
      tx.insert(users).values({ tenantId: there.id, username: 'evil', firstName: 'a', lastName: 'b' }),
    );
    await expect(across).rejects.toMatchObject({ code: '42501' });
  });

  test('binds that role on every table of a tenant, and gives it nothing it could undo that with', async () => {
    const app = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
    try {
      const [role] = await app`
        select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
          (select count(*)::int from pg_class where relowner = pg_roles.oid) as owns,
          (select count(*)::int from pg_auth_members where member = pg_roles.oid) as belongs
        from pg_roles where rolname = current_user`;
      expect(role).toEqual({
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        owns: 0,
        belongs: 0,
      });
      const open = await app`
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where n.nspname = 'public' and c.relkind in ('r', 'p') and (not c.relrowsecurity or not c.relforcerowsecurity
          or not exists (select from pg_policy p where p.polrelid = c.oid and p.polqual is not null and p.polwithcheck is not null))`;
      expect(open).toEqual([]);
      const shared = await app`
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p') and not exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)`;
      expect(shared.map(({ relname }) => relname).sort()).toEqual([
        'client_warnings',
        'key_checks',
        'operator_attempts',
        'operator_devices',
        'operator_recovery_codes',
        'operator_sessions',
        'operators',
        'tenants',
        'volume_limits',
      ]);
      for (const statement of [
        'alter table users no force row level security',
        'alter table users disable row level security',
        'drop policy tenant_only on users',
        'set role gatehouse_owner',
        'create table mine (id int)',
        'truncate users',
        'delete from tenants',
        'update audit_heads set seq = 0',
      ]) {
        await expect(app.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await app.end();
    }
  });
});

async function newTenantOnce(accountId: string) {
  const [known] = await admin()`select 1 from tenants where slug = ${accountId}`;
  if (!known) await newTenant({ accountId });
}

/** Everything of a tenant that somebody else could have changed. */
async function snapshot(tenant: Tenant) {
  const tables = ['users', 'passwords', 'sessions', 'totp_secrets', 'password_resets', 'audit_events'];
  return Promise.all(
    tables.map((table) => admin().unsafe(`select * from ${table} where tenant_id = '${tenant.id}' order by 1, 2`)),
  );
}

/** What a client may send that Node's own would not. */
function raw(lines: string[]) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    let text = '';
    const socket = connect(running.app().port, '127.0.0.1');
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), body: text }));
    socket.write(`${[...lines, 'Connection: close', 'Accept-Language: en'].join('\r\n')}\r\n\r\n`);
  });
}
