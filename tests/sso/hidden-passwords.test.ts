import { describe, expect, test, vi } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { type OneTimePurpose, oneTimeToken } from '@/lib/crypto';
import { changePassword } from '@/lib/passwords/change';
import { hashPassword, verifyPassword } from '@/lib/passwords/hashing';
import { finishReset } from '@/lib/passwords/reset/by-link';
import { issueTemporaryPassword } from '@/lib/passwords/reset/by-temporary-password';
import { findResetLink } from '@/lib/passwords/reset/find-link';
import { openReset, runResetRequest } from '@/lib/passwords/reset/request';
import { confirmPassword } from '@/lib/passwords/step-up';
import { findPolicy } from '@/lib/policies/find';
import type { Policy } from '@/lib/policies/policy';
import { startEnrollment } from '@/lib/second-factor/enroll';
import { findSession } from '@/lib/sessions/find';
import { findAttempt } from '@/lib/sign-in/attempt';
import { signInFromRoot } from '@/lib/sign-in/handoff';
import { chooseNewPassword } from '@/lib/sign-in/with-new-password';
import { signInWithPassword } from '@/lib/sign-in/with-password';
import { proveCode } from '@/lib/sign-in/with-totp';
import type { Tenant } from '@/lib/tenants/tenants';
import { requestEmailChange } from '@/lib/users/email-change';
import { resetPassword } from '@/lib/users/help';
import { eventsOf } from '@/tests/support/audit';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { instances } from '@/tests/support/instances';
import { mailsIn } from '@/tests/support/mailbox';
import { codeOf } from '@/tests/support/totp';
import { enrolled, NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

/**
 * Where single sign-on stands instead of passwords, no way leads through one: nothing is hashed,
 * one event is written.
 */

vi.mock('@/lib/passwords/hashing', { spy: true });

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const again = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };
const HIDDEN = { ok: false, error: 'password-hidden' };

describe('an ordinary user', () => {
  test('cannot use a password in any function, and no hash is evaluated', async () => {
    const { tenant, agent, policy } = await hidden();
    const before = await stored(agent);
    const own = { ...cause, actorId: agent.id };
    await withTenant(tenant.id, (tx) => openReset(tx, tenant.id, agent.id, 'link'));
    const link = await tokenOf('reset', agent);

    const ways: Record<string, [event: string, way: () => Promise<unknown>, outcome: unknown]> = {
      'the form': ['authn_login_fail', () => signIn(tenant, policy, agent), HIDDEN],
      'the form, somebody unknown': [
        'authn_login_fail',
        () => signIn(tenant, policy, { username: 'nobody', password: 'x' }),
        HIDDEN,
      ],
      'the root domain': [
        'authn_login_fail',
        () => signInFromRoot({ username: `${agent.extension}-${tenant.slug}`, password: PASSWORD }, cause),
        HIDDEN,
      ],
      'a reset link': [
        'authn_password_reset_fail',
        () => finishReset(tenant, policy, link, again, cause),
        { ok: false, error: 'link-dead' },
      ],
      'a change': [
        'authn_password_change_fail',
        () =>
          changePassword(tenant, policy, { userId: agent.id, sessionId: NOBODY }, { current: PASSWORD, ...again }, own),
        HIDDEN,
      ],
      'being asked again': [
        'authn_password_change_fail',
        () => confirmPassword(tenant, agent.id, PASSWORD, 'password', own),
        HIDDEN,
      ],
      'another address': [
        'authn_password_change_fail',
        () => requestEmailChange(tenant, agent.id, { email: 'new@copper.example', password: PASSWORD }, own),
        HIDDEN,
      ],
      'a second factor': [
        'authn_password_change_fail',
        () => startEnrollment(tenant, { userId: agent.id, sessionId: agent.id }, PASSWORD, own),
        HIDDEN,
      ],
      'an administrator’s reset': [
        'authn_password_reset_fail',
        () => resetPassword(tenant, policy, agent.id, cause),
        HIDDEN,
      ],
    };
    for (const [name, [event, way, outcome]] of Object.entries(ways)) {
      const events = (await eventsOf(tenant)).length;
      vi.clearAllMocks();
      expect([name, await way()]).toEqual([name, outcome]);
      const told = (await eventsOf(tenant)).slice(events);
      expect([name, vi.mocked(verifyPassword).mock.calls, vi.mocked(hashPassword).mock.calls]).toEqual([name, [], []]);
      expect([name, told.map((one) => [one.event, one.detail])]).toEqual([
        name,
        [[event, { reason: 'password-hidden' }]],
      ]);
    }
    expect(await stored(agent)).toEqual(before);
    expect(await admin()`select id from sessions where tenant_id = ${tenant.id}`).toEqual([]);
    expect(await admin()`select id from attempts where tenant_id = ${tenant.id}`).toEqual([]);
    expect(await admin()`select user_id from throttles where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('is mailed nothing when a reset is asked for, with the same answer', async () => {
    const { tenant, agent, boss, policy } = await hidden();
    const mails = mailsIn(process.env.GATEHOUSE_EMBEDDED ?? '').length;
    await runResetRequest(tenant, policy, { tenantId: tenant.id, userId: agent.id, cause });
    expect(await resetsOf(agent)).toBe(0);
    expect(mailsIn(process.env.GATEHOUSE_EMBEDDED ?? '')).toHaveLength(mails);
    expect((await eventsOf(tenant, 'authn_password_reset_fail')).map((one) => [one.subject_id, one.detail])).toEqual([
      [agent.id, { reason: 'password-hidden' }],
    ]);
    await runResetRequest(tenant, policy, { tenantId: tenant.id, userId: boss.id, cause });
    expect(await resetsOf(boss)).toBe(1);
  });

  test.each(['link', 'temporary'] as const)(
    'finds a link of the style “%s” dead that was mailed before',
    async (style) => {
      const { tenant, agent, policy } = await hidden({ resetStyle: style });
      await withTenant(tenant.id, (tx) => openReset(tx, tenant.id, agent.id, style));
      const token = await tokenOf('reset', agent);
      const visible = { ...policy, passwordHidden: false };
      expect(await findResetLink(tenant, visible, token)).toMatchObject({ userId: agent.id });
      expect(await findResetLink(tenant, policy, token)).toBeUndefined();
      const before = await stored(agent);
      const spent =
        style === 'link'
          ? await finishReset(tenant, policy, token, again, cause)
          : await issueTemporaryPassword(tenant, policy, token, cause);
      expect(spent).toEqual({ ok: false, error: 'link-dead' });
      expect(await stored(agent)).toEqual(before);
      expect(await eventsOf(tenant, 'authn_password_reset_fail')).toHaveLength(1);
    },
  );

  test('cannot finish an earlier step: a code, a new password', async () => {
    const { tenant, agent, boss } = await visible();
    const { secret } = await enrolled(tenant, agent);
    const waiting = await begun(tenant, agent);
    const temporary = await newUser(tenant);
    await admin()`update passwords set temporary_until = now() + interval '1 hour' where user_id = ${temporary.id}`;
    const choosing = await begun(tenant, temporary);
    const old = await findPolicy(tenant);
    await hide(tenant, boss);
    const now = await findPolicy(tenant);
    expect(await findAttempt(tenant, now, waiting.token)).toBeUndefined();
    expect(await findAttempt(tenant, now, choosing.token)).toBeUndefined();
    // Also where the request still holds the policy of before.
    const late = await proveCode(tenant, old, waiting.attempt, { code: codeOf(secret) }, cause);
    expect(late).toMatchObject({ ok: false, error: 'expired' });
    const chosen = await chooseNewPassword(tenant, old, choosing.attempt, again, cause);
    expect(chosen).toMatchObject({ ok: false, error: 'expired' });
    expect(await admin()`select id from sessions where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('cannot sign in by a policy that was read a moment before', async () => {
    const { tenant, agent, boss } = await visible();
    const old = await findPolicy(tenant);
    await hide(tenant, boss);
    expect(await signIn(tenant, old, agent)).toMatchObject({ ok: false });
    expect(await admin()`select id from sessions where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('is signed out at the next request if a password opened the session; only a milder policy revives it', async () => {
    const { tenant, agent, boss } = await visible();
    const came = await signIn(tenant, await findPolicy(tenant), agent);
    if (!came.ok || !('session' in came)) throw new Error('no session');
    const look = () => findSession({ kind: 'tenant', slug: tenant.slug }, came.session.token, false);
    expect((await look())?.user?.id).toBe(agent.id);
    await hide(tenant, boss);
    expect(await look()).toMatchObject({ why: 'single-sign-on', user: null, session: null });
  });
});

describe('an emergency account', () => {
  test('signs in at its own address only, with password and second factor, and is recorded', async () => {
    const { tenant, boss, secret, policy } = await hidden({ secondFactor: 'off' });
    expect(await signIn(tenant, policy, boss)).toEqual(HIDDEN);
    const came = await emergency(tenant, policy, boss);
    if (!came.ok || !('attempt' in came)) throw new Error('let in without a code');
    expect(came.next).toBe('code');
    const attempt = await findAttempt(tenant, policy, came.attempt.token);
    if (!attempt) throw new Error('no attempt');
    const proved = await proveCode(tenant, policy, attempt, { code: codeOf(secret) }, cause);
    if (!proved.ok || !('session' in proved)) throw new Error('not let in');
    expect((await findSession({ kind: 'tenant', slug: tenant.slug }, proved.session.token, false))?.user).toMatchObject(
      {
        id: boss.id,
        emergency: true,
      },
    );
    const [success] = await eventsOf(tenant, 'authn_login_success');
    expect(success).toMatchObject({ actor_id: boss.id, detail: { factor: 'totp', emergency: true } });
  });

  test('enrolls again if its second factor is gone, whatever the policy says', async () => {
    const { tenant, boss, policy } = await hidden({ secondFactor: 'off' });
    await admin()`delete from totp_secrets where user_id = ${boss.id}`;
    expect(await emergency(tenant, policy, boss)).toMatchObject({ ok: true, next: 'enroll' });
  });

  test('at its address all other users are unknown: same answer, five tries, no mail, no hash', async () => {
    const { tenant, agent, policy } = await hidden();
    const [{ hash }] = [await stored(agent)] as [{ hash: string }];
    vi.clearAllMocks();
    const answers = async (who: { username: string; password: string }) => {
      const told = [];
      for (let at = 0; at < 6; at++) told.push(await emergency(tenant, policy, who));
      return told;
    };
    expect(await answers(agent)).toEqual(await answers({ username: 'nobody', password: PASSWORD }));
    expect(vi.mocked(verifyPassword).mock.calls.flat()).not.toContain(hash);
    expect(vi.mocked(verifyPassword)).toHaveBeenCalledTimes(10);
    const jobs = await admin()`
      select 1 from graphile_worker._private_jobs where payload::text like ${`%${agent.id}%`}`;
    expect(jobs).toHaveLength(0);
    expect(await admin()`select id from sessions where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('can reset and change its password', async () => {
    const { tenant, boss, policy } = await hidden();
    await withTenant(tenant.id, (tx) => openReset(tx, tenant.id, boss.id, 'link'));
    const reset = await finishReset(tenant, policy, await tokenOf('reset', boss), again, cause);
    expect(reset).toEqual({ ok: true });
    expect(await emergency(tenant, policy, { ...boss, password: NEW_PASSWORD })).toMatchObject({ next: 'code' });
  });

  test('with an older session without a second factor is asked for one', async () => {
    const { tenant, boss } = await visible({ secondFactor: 'off' });
    const came = await signIn(tenant, await findPolicy(tenant), boss);
    if (!came.ok || !('session' in came)) throw new Error('no session');
    await hide(tenant, boss);
    const found = await findSession({ kind: 'tenant', slug: tenant.slug }, came.session.token, false);
    expect(found).toMatchObject({ why: 'second-factor', session: null });
  });
});

test('without the entitlement passwords work again', async () => {
  const { tenant, agent } = await hidden();
  await admin()`update tenants set entitlements = '{}' where id = ${tenant.id}`;
  const policy = await findPolicy(tenant);
  expect(policy.passwordHidden).toBe(false);
  expect(await signIn(tenant, policy, agent)).toMatchObject({ ok: true, next: 'done' });
});

describe('over the web', () => {
  const product = instances(1);

  test('the page shows the buttons only, and a form of before is refused with one event', async () => {
    const { tenant, boss, agent } = await visible();
    const browser = at(tenant);
    const path = '/sign-in?return_to=%2Fsettings%2Fprofile';
    const form = await browser.form(path, ['username', 'password']);
    const connection = await hide(tenant, boss);
    const page = await browser.get(path);
    expect(page.text).toContain(connection.label);
    expect(page.body).toContain(`href="/sso/start/${connection.id}?return_to=%2Fsettings%2Fprofile"`);
    expect(page.body).not.toMatch(/type="password"|name="username"|forgot-password|emergency/);
    const refused = await browser.post(path, form, { username: agent.username, password: PASSWORD });
    expect(refused.location).toBe('/sign-in?reason=single-sign-on&return_to=%2Fsettings%2Fprofile');
    expect((await browser.get(refused.location ?? '')).text).toContain(
      'Your company now signs in with single sign-on.',
    );
    expect(refused.setCookies.filter((line) => /sid|pl/.test(line))).toEqual([]);
    expect((await eventsOf(tenant, 'authn_login_fail')).map(({ detail }) => detail)).toEqual([
      { reason: 'password-hidden' },
    ]);
    expect(await admin()`select user_id from throttles where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('a reset has the usual answer, and mails emergency accounts only', async () => {
    const { tenant, agent, boss } = await hidden();
    const answers = [];
    for (const username of [agent.username, boss.username, 'nobody']) {
      const answer = await at(tenant).submit('/forgot-password', { username });
      answers.push([answer.status, answer.location]);
    }
    expect(answers).toEqual(Array(3).fill([303, '/forgot-password/submitted']));
    await product.mail.mail(boss.email ?? '', /Choose a new password/);
    await expect.poll(async () => (await eventsOf(tenant, 'authn_password_reset_fail')).length).toBe(1);
    expect(await resetsOf(agent)).toBe(0);
  });

  test('the emergency address takes password and code; it does not exist while passwords are shown', async () => {
    const { tenant, boss, secret } = await hidden();
    const browser = at(tenant);
    const step = await browser.submit('/sign-in/emergency', { username: boss.username, password: PASSWORD });
    expect(step.location).toBe('/sign-in/code');
    const inside = await browser.submit('/sign-in/code', { code: codeOf(secret) });
    expect(inside.location).toBe('/home');
    expect((await browser.get('/home')).status).toBe(200);
    const open = await visible();
    expect((await at(open.tenant).get('/sign-in/emergency')).location).toBe('/sign-in');
  });

  test('the ways of Auth.js lead to no password', async () => {
    const { tenant, agent } = await hidden();
    const browser = at(tenant);
    const body = new URLSearchParams({ username: agent.username, password: PASSWORD }).toString();
    for (const path of ['/api/auth/callback/credentials', '/api/auth/signin/credentials', '/api/auth/signin']) {
      const answer = await browser.ask(path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: browser.origin },
      });
      expect([path, answer.status < 500, answer.setCookies.filter((line) => line.includes('sid='))]).toEqual([
        path,
        true,
        [],
      ]);
    }
    expect(await admin()`select id from sessions where tenant_id = ${tenant.id}`).toEqual([]);
  });

  test('Settings offer no password, and a form of before is refused', async () => {
    const { tenant, agent, boss } = await visible();
    const browser = at(tenant);
    await browser.signIn(agent.username, PASSWORD);
    const forms = {
      '/settings/password': await browser.form('/settings/password', ['current']),
      '/settings/profile': await browser.form('/settings/profile', ['email', 'password']),
      '/settings/two-factor': await browser.form('/settings/two-factor', ['password']),
    };
    const connection = await hide(tenant, boss);
    expect((await browser.get('/home')).location).toBe('/sign-in?reason=single-sign-on');
    expect((await browser.open('/home')).text).toContain('Passwords are no longer used here.');
    await admin()`update sessions set connection_id = ${connection.id} where user_id = ${agent.id}`;
    for (const [path, form] of Object.entries(forms)) {
      const page = await browser.get(path);
      expect([path, page.status, /type="password"/.test(page.body)]).toEqual([path, 200, false]);
      const fields = {
        current: PASSWORD,
        password: path.includes('/password') ? NEW_PASSWORD : PASSWORD,
        repeat: NEW_PASSWORD,
        email: 'new@copper.example',
      };
      const known = Object.fromEntries(
        Object.entries(fields).filter(([name]) => form.fields.some(([field]) => field === name)),
      );
      const refused = await browser.post(path, form, known);
      expect([path, refused.text.includes('You sign in through your company')]).toEqual([path, true]);
    }
    expect(await eventsOf(tenant, 'authn_password_change_fail')).toHaveLength(3);
  });

  function at(tenant: { host?: string; slug: string }): Visitor {
    return visitor({ port: product.app().port, host: tenant.host ?? '' });
  }
});

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * A tenant that could hide its passwords: a connection beside them, an agent, an administrator who
 * is its emergency account.
 */
async function visible(policy: Partial<Policy> = {}) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'], policy });
  const boss = await newUser(tenant, { role: 'administrator' });
  const agent = await newUser(tenant);
  return { tenant, boss, agent };
}

async function hidden(policy: Partial<Policy> = {}) {
  const made = await visible(policy);
  const { secret } = await enrolled(made.tenant, made.boss);
  await hide(made.tenant, made.boss);
  return { ...made, secret, policy: await findPolicy(made.tenant) };
}

async function hide(tenant: Tenant, boss: Person) {
  await admin()`update users set emergency = true where id = ${boss.id}`;
  return newConnection(tenant, { state: 'instead' });
}

function signIn(tenant: Tenant, policy: Policy, who: { username: string; password: string }) {
  const input = { identifier: who.username, password: who.password, returnTo: null };
  return signInWithPassword(tenant, policy, input, cause);
}

function emergency(tenant: Tenant, policy: Policy, who: { username: string; password: string }) {
  const input = { identifier: who.username, password: who.password, returnTo: null };
  return signInWithPassword(tenant, policy, input, cause, { emergency: true });
}

async function begun(tenant: Tenant, user: Person) {
  const policy = await findPolicy(tenant);
  const came = await signIn(tenant, policy, user);
  if (!came.ok || !('attempt' in came)) throw new Error('nothing is asked for');
  const attempt = await findAttempt(tenant, policy, came.attempt.token);
  if (!attempt) throw new Error('no attempt');
  return { attempt, token: came.attempt.token };
}

async function stored(user: Person) {
  const [row] = await admin()`select hash, changed_at, temporary_until from passwords where user_id = ${user.id}`;
  return row;
}

async function resetsOf(user: Person) {
  const rows = await admin()`select id from password_resets where user_id = ${user.id}`;
  return rows.length;
}

async function tokenOf(purpose: OneTimePurpose, user: Person) {
  const [row] = await admin()<{ nonce: Buffer; key_id: string }[]>`
    select nonce, key_id from password_resets where user_id = ${user.id} order by created_at desc limit 1`;
  if (!row) throw new Error('no link was made');
  return oneTimeToken(purpose, { nonce: row.nonce, keyId: row.key_id });
}
