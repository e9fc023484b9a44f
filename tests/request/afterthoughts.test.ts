import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withTenant } from '@/db';
import { migrate } from '@/db/migrate';
import { totpSecrets } from '@/db/schema/second-factor';
import { users } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { type OneTimePurpose, oneTimeToken, seal } from '@/lib/crypto';
import { InvalidEnv } from '@/lib/env';
import { sendMail } from '@/lib/jobs/send-mail';
import { describe as described } from '@/lib/log';
import { changePassword } from '@/lib/passwords/change';
import { finishReset } from '@/lib/passwords/reset/by-link';
import { issueTemporaryPassword } from '@/lib/passwords/reset/by-temporary-password';
import { openReset } from '@/lib/passwords/reset/request';
import { confirmPassword } from '@/lib/passwords/step-up';
import { temporaryPasswordFrom } from '@/lib/passwords/temporary';
import { findPolicy } from '@/lib/policies/find';
import { endSessionByToken } from '@/lib/sessions/end';
import { findSession } from '@/lib/sessions/find';
import { findAttempt } from '@/lib/sign-in/attempt';
import { completeSignIn } from '@/lib/sign-in/complete';
import { signInWithPassword } from '@/lib/sign-in/with-password';
import { proveCode } from '@/lib/sign-in/with-totp';
import { confirmEmailChange, findEmailLink, requestEmailChange } from '@/lib/users/email-change';
import { resetPassword, resetTwoFactor } from '@/lib/users/help';
import { disable, enable } from '@/lib/users/status';
import { eventsOf } from '@/tests/support/audit';
import { visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { mailsIn } from '@/tests/support/mailbox';
import { codeOf } from '@/tests/support/totp';
import { enrolled, NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

/**
 * What was found late. Without the product running, where its job queue would get ahead of a test;
 * then over the web.
 */

type Tenant = Awaited<ReturnType<typeof newTenant>>;

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

describe('what waits in a mailbox', () => {
  test('a pending change of email address ends with a new password, a disabled account or a removed second factor', async () => {
    const endings: Record<string, (tenant: Tenant, user: Person) => Promise<{ ok: boolean }>> = {
      nothing: async () => ({ ok: true }),
      'password reset': async (tenant, user) => {
        await withTenant(tenant.id, (tx) => openReset(tx, tenant.id, user.id, 'link'));
        const token = await tokenOf('reset', 'password_resets', user);
        return finishReset(tenant, await findPolicy(tenant), token, again, cause);
      },
      'temporary password': (tenant, user) => temporaryPasswordFor(tenant, user),
      'password change': async (tenant, user) => {
        const who = { userId: user.id, sessionId: (await signedIn(tenant, user)).sessionId };
        const input = { ...again, current: PASSWORD };
        return changePassword(tenant, await findPolicy(tenant), who, input, { ...cause, actorId: user.id });
      },
      disable: async (tenant, user) => {
        const shut = await disable(tenant, user.id, cause);
        return shut.ok ? enable(tenant, user.id, cause) : shut;
      },
      'reset two-factor': async (tenant, user) => {
        await enrolled(tenant, user);
        return resetTwoFactor(tenant, user.id, cause);
      },
    };
    const outcomes: Record<string, unknown> = {};
    const tenant = await newTenant();
    for (const [name, end] of Object.entries(endings)) {
      const user = await newUser(tenant);
      const email = `${user.username}@elsewhere.example`;
      const asked = await requestEmailChange(tenant, user.id, { email, password: PASSWORD }, cause);
      const token = await tokenOf('email-change', 'email_changes', user);
      expect([asked.ok, (await findEmailLink(tenant, token))?.email]).toEqual([true, email]);
      expect([name, await end(tenant, user)]).toMatchObject([name, { ok: true }]);
      const confirmed = await confirmEmailChange(tenant, token, cause);
      const [row] = await admin()`select email from users where id = ${user.id}`;
      outcomes[name] = confirmed.ok ? row?.email === email : [confirmed.error, row?.email === user.email];
    }
    const dead = ['link-dead', true];
    expect(outcomes).toEqual({
      nothing: true,
      'password reset': dead,
      'temporary password': dead,
      'password change': dead,
      disable: dead,
      'reset two-factor': dead,
    });
  });

  test('a temporary password whose mail is an hour late works for an hour from then, and a spent one stays spent', async () => {
    const tenant = await newTenant({ policy: { resetStyle: 'temporary' } });
    const user = await newUser(tenant);
    expect(await temporaryPasswordFor(tenant, user)).toMatchObject({ ok: true });
    const [row] = await admin()<{ id: string; nonce: Buffer; key_id: string }[]>`
      select id, nonce, key_id from password_resets where user_id = ${user.id}`;
    if (!row) throw new Error('nothing to make the password again from');
    const password = temporaryPasswordFrom({ nonce: row.nonce, keyId: row.key_id });
    const mail = { kind: 'temporary-password', resetId: row.id } as const;
    const send = () => sendMail({ tenantId: tenant.id, userId: user.id, mail }, row.id);
    const pass = async (minutes: number) => {
      for (const table of ['passwords', 'password_resets']) await age(table, minutes * 60, `user_id = '${user.id}'`);
    };
    const tryIt = async () => {
      const tried = await signIn(tenant, user.username, password);
      return tried.ok ? tried.next : tried.error;
    };

    await pass(61);
    expect(await tryIt()).toBe('wrong');
    await send();
    const kept = mailsIn(process.env.GATEHOUSE_EMBEDDED ?? '').filter((one) => one.to === user.email);
    expect(kept.map(({ text }) => text.includes(password))).toEqual([true]);
    await pass(61);
    expect(await tryIt()).toBe('wrong');
    await send();
    await pass(59);
    expect(await tryIt()).toBe('new-password');
    expect(await tryIt()).toBe('wrong');
    await send();
    expect(await tryIt()).toBe('wrong');
  });
});

test('an administrator resets the password and second factor of other users only', async () => {
  const tenant = await newTenant();
  const policy = await findPolicy(tenant);
  const boss = await newUser(tenant, { role: 'administrator' });
  const mailless = await newUser(tenant, { role: 'administrator', email: null });
  const other = await newUser(tenant, { role: 'administrator' });
  for (const self of [boss, mailless]) {
    await enrolled(tenant, self);
    const own = { ...cause, actorId: self.id };
    expect(await resetPassword(tenant, policy, self.id, own)).toEqual({ ok: false, error: 'yourself' });
    expect(await resetTwoFactor(tenant, self.id, own)).toEqual({ ok: false, error: 'yourself' });
    expect((await signIn(tenant, self.username)).ok).toBe(true);
    expect(await admin()`select 1 from totp_secrets where user_id = ${self.id}`).toHaveLength(1);
    expect(await admin()`select 1 from password_resets where user_id = ${self.id}`).toHaveLength(0);
  }
  expect(await eventsOf(tenant, 'authn_second_factor_reset')).toHaveLength(0);
  for (const self of [boss, mailless]) {
    const helping = { ...cause, actorId: other.id };
    expect(await resetPassword(tenant, policy, self.id, helping)).toMatchObject({ ok: true });
    expect(await resetTwoFactor(tenant, self.id, helping)).toMatchObject({ ok: true });
  }
});

describe('five wrong passwords', () => {
  test('in two spellings of an extension lock it at the same try, whether it exists or not', async () => {
    const tenant = await newTenant();
    await newUser(tenant, { extension: '888' });
    const told = async (spellings: string[]) => {
      const answers: string[] = [];
      for (let attempt = 0; attempt < 7; attempt++) {
        const answer = await signIn(tenant, spellings[attempt % spellings.length] ?? '', 'not the password');
        answers.push(answer.ok ? answer.next : answer.error);
      }
      return answers;
    };
    const spelt = (extension: string) => [
      extension,
      `${extension}-${tenant.slug}`,
      ` ${extension}-${tenant.slug.toUpperCase()} `,
    ];
    const known = await told(spelt('888'));
    expect(known).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'locked', 'locked', 'locked']);
    expect(await told(spelt('999'))).toEqual(known);
  });

  test('of a stranger do not stop a user from confirming their password in a known browser', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const { device } = await signedIn(tenant, user);
    const ask = (password: string, from: string | undefined) =>
      confirmPassword(tenant, user.id, password, 'password', { ...cause, actorId: user.id, device: from });
    for (let attempt = 1; attempt <= 5; attempt++) await signIn(tenant, user.username, 'not the password');
    expect(await signIn(tenant, user.username)).toMatchObject({ error: 'locked' });
    for (const stranger of [undefined, 'x'.repeat(43), 'no token']) {
      expect(await ask(PASSWORD, stranger)).toMatchObject({ ok: false, error: 'locked' });
    }
    expect(await ask(PASSWORD, device)).toMatchObject({ ok: true });
    // The right password at a known browser ends the lockout that the stranger caused.
    expect(await ask(PASSWORD, undefined)).toMatchObject({ ok: true });
    // The known browser has five tries of its own, and no more.
    for (let attempt = 1; attempt <= 5; attempt++) await ask('not the password', device);
    expect(await ask(PASSWORD, device)).toMatchObject({ ok: false, error: 'locked' });
  });
});

test('a statement that the database refuses is logged without its parameters', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const sealedSecret = seal('canary-secret', 'canary');
  const nobody = '5f0c1a52-7d3e-4b7a-9a59-0c6d8f1e2b3a';
  const email = 'canary-address';
  const refused = [
    () => withTenant(tenant.id, (tx) => tx.update(users).set({ email, firstName: 'canary-name' })),
    () =>
      withTenant(tenant.id, (tx) =>
        tx.insert(totpSecrets).values({ tenantId: tenant.id, userId: nobody, sealedSecret, lastStep: 0 }),
      ),
    () =>
      withTenant(tenant.id, (tx) =>
        tx
          .insert(users)
          .values({ tenantId: tenant.id, username: user.username, firstName: 'canary-name', lastName: 'x' }),
      ),
  ];
  const codes: unknown[] = [];
  for (const attempt of refused) {
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error)) throw new Error('it was not refused');
    const told = described(error);
    codes.push(told.code);
    const words = [
      JSON.stringify(told),
      error.message,
      error.stack,
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 9, showHidden: true }),
    ].join('\n');
    for (const parameter of ['canary', sealedSecret, nobody, user.username, tenant.id]) {
      expect([told.code, parameter, words.includes(parameter)]).toEqual([told.code, parameter, false]);
    }
  }
  expect(codes).toEqual(['23514', '23503', '23505']);
});

test('a sign-in by password alone opens no session once the second factor is on', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const enter = (factor: 'totp' | null) =>
    withTenant(tenant.id, (tx) => {
      return completeSignIn(tx, tenant.id, { userId: user.id, factor, returnTo: null }, cause);
    });
  expect(await enter(null)).toMatchObject({ next: 'done' });
  await enrolled(tenant, user);
  expect(await enter(null)).toBeUndefined();
  await admin()`update policies set second_factor = 'required' where tenant_id = ${tenant.id}`;
  expect(await enter(null)).toBeUndefined();
  expect(await enter('totp')).toMatchObject({ next: 'done' });
  await admin()`update policies set second_factor = 'off' where tenant_id = ${tenant.id}`;
  expect(await enter(null)).toMatchObject({ next: 'done' });
  expect(await admin()`select 1 from sessions where user_id = ${user.id}`).toHaveLength(3);
});

test('a session that the policy ended stays ended when the policy is relaxed', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const { token } = await signedIn(tenant, user);
  const { token: kept } = await signedIn(tenant, user);
  const look = async (shown: string) => {
    const found = await findSession({ kind: 'tenant', slug: tenant.slug }, shown, false);
    return [found?.user?.id, found?.why];
  };
  await admin()`update policies set second_factor = 'required' where tenant_id = ${tenant.id}`;
  expect(await look(token)).toEqual([undefined, 'second-factor']);
  await endSessionByToken(tenant, token, cause);
  await admin()`update policies set second_factor = 'optional' where tenant_id = ${tenant.id}`;
  expect(await look(token)).toEqual([undefined, 'ended']);
  expect(await look(kept)).toEqual([user.id, null]);
});

describe('a code from the future', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 30_000) * 30_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('that was reported as a fast clock is refused when its time comes, and the next one works', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const { secret } = await enrolled(tenant, user);
    const policy = await findPolicy(tenant);
    const submit = async (code: string) => {
      const pending = await signIn(tenant, user.username);
      if (!pending.ok || !('attempt' in pending)) throw new Error('no code is asked for');
      const attempt = await findAttempt(tenant, policy, pending.attempt.token);
      if (!attempt) throw new Error('no attempt');
      return proveCode(tenant, policy, attempt, code, cause);
    };
    const guess = codeOf(secret, 4);
    expect(await submit(guess)).toMatchObject({ ok: false, error: 'clock', direction: 'ahead', minutes: 2 });
    for (const steps of [3, 1]) {
      vi.setSystemTime(Date.now() + steps * 30_000);
      expect(await submit(guess)).toMatchObject({ ok: false, error: 'wrong-code' });
    }
    expect(await submit(codeOf(secret, 1))).toMatchObject({ ok: true, next: 'done' });
  });
});

test('migrating with the owner as the application’s role is refused and revokes nothing', async () => {
  const [owner, app] = [process.env.TEST_OWNER_URL ?? '', process.env.DATABASE_URL ?? ''];
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const rights = async () =>
    (
      await admin()`
        select c.relname, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) as owner
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'drizzle', 'graphile_worker') order by c.oid`
    ).map((row) => JSON.stringify(row));
  const before = await rights();
  expect(before.length).toBeGreaterThan(10);
  for (const wrong of [owner, process.env.TEST_ADMIN_URL ?? '']) {
    const refusal = migrate(owner, wrong);
    await expect(refusal).rejects.toBeInstanceOf(InvalidEnv);
    await expect(refusal).rejects.toThrow(/DATABASE_URL/);
    expect(await rights()).toEqual(before);
  }
  expect(await signIn(tenant, user.username)).toMatchObject({ ok: true, next: 'done' });
  await migrate(owner, app);
  expect(await rights()).toEqual(before);
});

describe('over the web', () => {
  const running = instances();

  test('a return address that cannot be stored does not stop a sign-in and leads to Home', async () => {
    const tenant = await newTenant();
    for (const place of ['/a%00b', `/${'b'.repeat(7_000)}`]) {
      const user = await newUser(tenant);
      const { secret } = await enrolled(tenant, user);
      const browser = visitor({ port: running.app().port, host: tenant.host });
      const fields = { username: user.username, password: PASSWORD };
      const begun = await browser.submit(`/sign-in?return_to=${place}`, fields);
      expect([place.slice(0, 8), begun.status, begun.location]).toEqual([place.slice(0, 8), 303, '/sign-in/code']);
      const done = await browser.submit('/sign-in/code', { code: codeOf(secret) });
      expect([place.slice(0, 8), done.location]).toEqual([place.slice(0, 8), '/home']);
    }
    const page = await visitor({ port: running.app().port, host: tenant.host }).get('/sign-in?return_to=/a%00b');
    expect(page.status).toBe(200);
  });

  test('an open page learns why its session ended', async () => {
    const tenant = await newTenant();
    const ways: [string, (user: Person) => Promise<unknown>][] = [
      [
        'idle',
        (user) => admin()`update sessions set last_seen_at = now() - interval '5 hours' where user_id = ${user.id}`,
      ],
      ['absolute', (user) => admin()`update sessions set absolute_until = now() where user_id = ${user.id}`],
      ['ended', (user) => admin()`delete from sessions where user_id = ${user.id}`],
      ['second-factor', () => admin()`update policies set second_factor = 'required' where tenant_id = ${tenant.id}`],
    ];
    for (const [why, end] of ways) {
      const user = await newUser(tenant);
      const browser = visitor({ port: running.app().port, host: tenant.host });
      expect((await browser.signIn(user.username, PASSWORD)).location).toBe('/home');
      const ask = async () => JSON.parse((await browser.get('/api/session')).body);
      expect(await ask()).toMatchObject({ live: true });
      await end(user);
      expect(await ask()).toMatchObject({ live: false, why });
    }
  });
});

const again = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };

async function signIn(tenant: Tenant, identifier: string, password = PASSWORD) {
  const input = { identifier, password, returnTo: null };
  return signInWithPassword(tenant, await findPolicy(tenant), input, cause);
}

async function signedIn(tenant: Tenant, user: Person) {
  const done = await signIn(tenant, user.username);
  if (!done.ok || !('session' in done)) throw new Error('not signed in');
  const [row] = await admin()<{ id: string }[]>`
    select id from sessions where user_id = ${user.id} order by created_at desc limit 1`;
  return { token: done.session.token, device: done.device, sessionId: row?.id ?? '' };
}

/** Returns the token of a mailed link, from what its row keeps. */
async function tokenOf(purpose: OneTimePurpose, table: 'password_resets' | 'email_changes', user: Person) {
  const [row] = await admin()<{ nonce: Buffer; key_id: string }[]>`
    select nonce, key_id from ${admin()(table)} where user_id = ${user.id} order by created_at desc limit 1`;
  if (!row) throw new Error(`nothing in ${table}`);
  return oneTimeToken(purpose, { nonce: row.nonce, keyId: row.key_id });
}

/** Does as the button of a mailed link that makes a temporary password. */
async function temporaryPasswordFor(tenant: Tenant, user: Person) {
  await withTenant(tenant.id, (tx) => openReset(tx, tenant.id, user.id, 'temporary'));
  return issueTemporaryPassword(
    tenant,
    await findPolicy(tenant),
    await tokenOf('reset', 'password_resets', user),
    cause,
  );
}
