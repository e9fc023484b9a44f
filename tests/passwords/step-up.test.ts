import { describe, expect, test } from 'vitest';
import { hashToken, randomToken } from '@/lib/crypto';
import { disable, removeUser, setRole } from '@/lib/users/status';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { textOf } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { newOperator, type Operator, operatorHost, operatorSession } from '@/tests/support/operators';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

/**
 * Sensitive changes need a recent proof of who asks, and secrets are shown to the session that
 * asked for them.
 */

const running = instances();
const ASKS = 'Confirm your identity.';
type Tenant = Awaited<ReturnType<typeof newTenant>>;

describe('a sensitive change, ten minutes after the last proof', () => {
  test('asks for the password in the same form, keeps what was typed, and goes through with it', async () => {
    const { tenant, boss } = await company();
    const victim = await newUser(tenant);
    const browser = await signedInLongAgo(tenant, boss);
    const page = `/admin/users/${victim.id}`;
    const form = await browser.form(page, ['role']);
    const refused = await browser.post(page, form, {});
    expect([refused.status, refused.message?.startsWith(ASKS)]).toEqual([403, true]);
    expect(refused.body).toMatch(
      /<input[^>]*name="proof"[^>]*type="password"|<input[^>]*type="password"[^>]*name="proof"/,
    );
    expect(await roleOf(victim)).toBe('agent');
    const wrong = await browser.post(page, form, { proof: 'not the password' });
    expect([wrong.status, await roleOf(victim)]).toEqual([403, 'agent']);
    expect(wrong.body).toContain('name="proof"');
    expect((await browser.post(page, form, { proof: PASSWORD })).text).toContain('administrator');
    expect(await roleOf(victim)).toBe('administrator');
    // Proved for the next ten minutes.
    await browser.submit(`/admin/users/${(await newUser(tenant)).id}`, { role: 'administrator' });
    const rows = await admin()`select 1 from users where tenant_id = ${tenant.id} and role = 'administrator'`;
    expect(rows).toHaveLength(3);
  });

  test('keeps every field of a long form while it asks', async () => {
    const { tenant, boss } = await company();
    const browser = await signedInLongAgo(tenant, boss);
    const fields = { firstName: 'New', lastName: 'Chief', username: 'new.chief', role: 'administrator' };
    const form = await browser.form('/admin/users/new', Object.keys(fields));
    const refused = await browser.post('/admin/users/new', form, fields);
    expect(refused.status).toBe(403);
    for (const value of ['New', 'Chief', 'new.chief']) expect(refused.body).toContain(`value="${value}"`);
    expect((await browser.post('/admin/users/new', form, { ...fields, proof: PASSWORD })).status).toBe(303);
  });

  test('takes its tries from the budget of signing in', async () => {
    const { tenant, boss } = await company();
    const victim = await newUser(tenant);
    const browser = await signedInLongAgo(tenant, boss);
    const page = `/admin/users/${victim.id}`;
    const form = await browser.form(page, ['role']);
    for (let tried = 0; tried < 5; tried++) await browser.post(page, form, { proof: `wrong ${tried}` });
    const locked = await browser.post(page, form, { proof: PASSWORD });
    expect([locked.status, await roleOf(victim)]).toEqual([403, 'agent']);
  });

  test('is required for the address of an administrator, also the actor’s own, and not of an agent', async () => {
    const { tenant, boss } = await company();
    const other = await newUser(tenant, { role: 'administrator' });
    const agent = await newUser(tenant);
    const browser = await signedInLongAgo(tenant, boss);
    for (const [user, status] of [
      [boss, 403],
      [other, 403],
      [agent, 303],
    ] as const) {
      const answer = await browser.submit(`/admin/users/${user.id}/edit`, { email: `x-${user.username}@new.example` });
      expect([user.username, answer.status]).toEqual([user.username, status]);
    }
    const name = await browser.submit(`/admin/users/${boss.id}/edit`, { lastName: 'Renamed' });
    expect(name.status).toBe(303);
  });

  test('is asked for an import that makes an administrator, and not for one that makes agents', async () => {
    const { tenant, boss } = await company();
    for (const [role, status] of [
      ['administrator', 403],
      ['agent', 200],
    ] as const) {
      const browser = await signedInLongAgo(tenant, boss);
      const id = await plannedImport(tenant, boss, role);
      const answer = await browser.submit(`/admin/users/import/${id}`, {}, { button: /Apply|Add|Import/ });
      expect([role, answer.status]).toEqual([role, status]);
    }
  });

  test('is asked for slips of an administrator, also among others, and not for those of agents', async () => {
    const { tenant, boss } = await company();
    const chief = await newUser(tenant, { role: 'administrator', password: undefined });
    const agent = await newUser(tenant, { password: undefined });
    for (const [users, status, slips] of [
      [[agent, chief], 403, 0],
      [[agent], 200, 1],
    ] as const) {
      const browser = await signedInLongAgo(tenant, boss);
      const [bulk] = await admin()`
        insert into bulk_changes (tenant_id, by_user, action, user_ids, cause)
        values (${tenant.id}, ${boss.id}, 'slips', ${users.map(({ id }) => id)}, '{}') returning id`;
      const page = `/admin/users/bulk/${bulk?.id}`;
      const answer = await browser.post(page, await browser.form(page, ['bulk']), {});
      const made = await admin()`select 1 from invitations where tenant_id = ${tenant.id} and way = 'slip'`;
      expect([answer.status, made.length]).toEqual([status, slips]);
    }
  });

  test('is asked of an operator as a code of their app, once each', async () => {
    const tenant = await newTenant();
    const operator = await newOperator();
    const browser = await consoleLongAgo(operator);
    const page = `/operator/tenants/${tenant.id}`;
    const form = await browser.form(page, ['version'], 'Phone');
    const refused = await browser.post(page, form, { phone: 'on' });
    expect([refused.status, refused.message?.startsWith(ASKS)]).toEqual([403, true]);
    expect((await browser.post(page, form, { phone: 'on', proof: '000000' })).status).toBe(403);
    const code = codeOf(operator.secret);
    expect((await browser.post(page, form, { phone: 'on', proof: code })).status).toBe(200);
    const [row] = await admin()`select entitlements from tenants where id = ${tenant.id}`;
    expect(row?.entitlements).toContain('phone');
    const again = await consoleLongAgo(operator);
    const next = await again.form(page, ['accountId', 'password']);
    const spent = await again.post(page, next, { accountId: tenant.accountId, password: PASSWORD, proof: code });
    expect(spent.status).toBe(403);
  });
});

describe('a secret', () => {
  test('for enrollment is shown to the session that asked for it, and only that session can finish', async () => {
    const { tenant, boss } = await company();
    const [first, second] = [await signedIn(tenant, boss), await signedIn(tenant, boss)];
    await first.submit('/settings/two-factor', { password: PASSWORD });
    const secret = secretIn((await first.get('/settings/two-factor')).body);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const elsewhere = await second.get('/settings/two-factor');
    expect(elsewhere.text.replaceAll(' ', '')).not.toContain(secret);
    const form = await first.form('/settings/two-factor', ['code']);
    await second.post('/settings/two-factor', form, { code: codeOf(secret) });
    const factors = () => admin()`select 1 from totp_secrets where user_id = ${boss.id}`;
    expect(await factors()).toHaveLength(0);
    await first.post('/settings/two-factor', form, { code: codeOf(secret) });
    expect(await factors()).toHaveLength(1);
  });

  test('such as new recovery codes is shown to the session that made them, which alone can put them away', async () => {
    const { tenant, boss } = await company();
    await enrolled(tenant, boss);
    const [first, second] = [await signedIn(tenant, boss), await signedIn(tenant, boss)];
    const made = await first.submit('/settings/two-factor', { password: PASSWORD }, { button: /recovery codes/ });
    expect(made.location).toContain('/recovery-codes');
    expect((await second.get('/recovery-codes')).location).toBe('/home');
    const form = await first.form('/recovery-codes', ['return_to']);
    await second.post('/recovery-codes', form, {});
    expect(codesIn((await first.get('/recovery-codes')).body)).toHaveLength(10);
    await first.post('/recovery-codes', form, {});
    expect((await first.get('/recovery-codes')).location).toBe('/home');
  });

  test('of an operator belongs to one session as well', async () => {
    const operator = await newOperator();
    const [first, second] = [await atConsole(operator), await atConsole(operator)];
    const made = await first.submit('/operator/account', { password: PASSWORD }, { button: /recovery codes/ });
    expect(made.location).toContain('/operator/recovery-codes');
    expect((await second.get('/operator/recovery-codes')).location).toBe('/operator');
    expect(codesIn((await first.get('/operator/recovery-codes')).body)).toHaveLength(10);
  });

  test('made while signing in is shown to the session that the sign-in opens', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const user = await newUser(tenant);
    const browser = at(tenant.host);
    expect((await browser.signIn(user.username, PASSWORD)).location).toBe('/sign-in/enroll');
    const secret = secretIn((await browser.get('/sign-in/enroll')).body);
    const inside = await browser.submit('/sign-in/enroll', { code: codeOf(secret) });
    expect(inside.location).toContain('/recovery-codes');
    const other = await signedIn(tenant, user, 'totp');
    expect((await other.get('/recovery-codes')).location).toBe('/home');
    expect(codesIn((await browser.get('/recovery-codes')).body)).toHaveLength(10);
  });
});

describe('the last administrator', () => {
  const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
  const LAST = { ok: false, error: 'last-administrator' };

  test('is the last who can sign in: the invited, and those with an expired password, do not count', async () => {
    const { tenant, boss } = await company();
    const invited = await newUser(tenant, { role: 'administrator', password: undefined });
    const temporary = await newUser(tenant, { role: 'administrator' });
    await admin()`update passwords set temporary_until = now() - interval '1 minute' where user_id = ${temporary.id}`;
    expect(await disable(tenant, boss.id, cause)).toMatchObject(LAST);
    expect(await setRole(tenant, boss.id, 'agent', cause)).toMatchObject(LAST);
    expect(await removeUser(tenant, boss.id, cause)).toMatchObject(LAST);
    expect(await disable(tenant, invited.id, cause)).toEqual({ ok: true });
    await newUser(tenant, { role: 'administrator' });
    expect(await disable(tenant, boss.id, cause)).toEqual({ ok: true });
  });

  test('counts users with a company account, and no passwords while passwords are hidden', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const boss = await newUser(tenant, { role: 'administrator' });
    const other = await newUser(tenant, { role: 'administrator' });
    const connection = await newConnection(tenant, { state: 'instead' });
    expect(await disable(tenant, boss.id, cause)).toMatchObject(LAST);
    await admin()`
      insert into sso_links (tenant_id, connection_id, issuer, subject, user_id)
      values (${tenant.id}, ${connection.id}, ${connection.issuer}, 'other', ${other.id})`;
    expect(await disable(tenant, boss.id, cause)).toEqual({ ok: true });
    expect(await disable(tenant, other.id, cause)).toMatchObject(LAST);
  });
});

function at(host: string) {
  return visitor({ port: running.app().port, host });
}

async function company() {
  const tenant = await newTenant();
  return { tenant, boss: await newUser(tenant, { role: 'administrator' }) };
}

async function signedIn(tenant: Tenant, user: Pick<Person, 'id'>, factor: string | null = null) {
  const browser = at(tenant.host);
  const token = randomToken();
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until)
    values (${tenant.id}, ${user.id}, ${hashToken(token)}, ${factor}, '127.0.0.1', 'tests', now() + interval '1 hour')`;
  browser.jar.set('__Host-sid', token);
  return browser;
}

async function signedInLongAgo(tenant: Tenant, user: Pick<Person, 'id'>): Promise<Visitor> {
  const browser = await signedIn(tenant, user);
  await admin()`update sessions set proved_at = now() - interval '601 seconds' where user_id = ${user.id}`;
  return browser;
}

async function atConsole(operator: Operator) {
  const browser = at(operatorHost());
  browser.jar.set('__Host-sid', await operatorSession(operator));
  return browser;
}

async function consoleLongAgo(operator: Operator) {
  const browser = await atConsole(operator);
  await admin()`update operator_sessions set proved_at = now() - interval '601 seconds' where operator_id = ${operator.id}`;
  return browser;
}

async function roleOf({ id }: Pick<Person, 'id'>) {
  return (await admin()`select role from users where id = ${id}`)[0]?.role;
}

async function plannedImport(tenant: Tenant, by: Person, role: string) {
  const [made] = await admin()`
    insert into imports (tenant_id, by_user, file_name, digest, header, mapping, state, total, counts)
    values (${tenant.id}, ${by.id}, 'people.csv', ${Buffer.alloc(32)}, '["username"]', '{"username":0}', 'planned', 1,
      '{"create":1,"change":0,"same":0,"refused":0}') returning id`;
  const person = JSON.stringify({
    username: `new.${role}`,
    firstName: 'A',
    lastName: 'B',
    role,
    extension: null,
    email: null,
    locale: null,
  });
  await admin()`
    insert into import_lines (tenant_id, import_id, line, cells, verdict, person, user_id)
    values (${tenant.id}, ${made?.id}, 2, '["new"]', 'create', ${person}::text::jsonb, gen_random_uuid())`;
  return String(made?.id);
}

function secretIn(html: string) {
  return (/([A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(textOf(html))?.[0] ?? '').replaceAll(' ', '');
}

function codesIn(html: string) {
  return [...html.matchAll(/<li>[0-9a-z]{5}-[0-9a-z]{5}<\/li>/g)];
}
