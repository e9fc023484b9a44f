import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { type OneTimePurpose, oneTimeToken } from '@/lib/crypto';
import { sendMail } from '@/lib/jobs/send-mail';
import { changePassword } from '@/lib/passwords/change';
import { finishReset } from '@/lib/passwords/reset/by-link';
import { issueTemporaryPassword } from '@/lib/passwords/reset/by-temporary-password';
import { openReset } from '@/lib/passwords/reset/request';
import { temporaryPasswordFrom } from '@/lib/passwords/temporary';
import { findPolicy } from '@/lib/policies/find';
import { confirmEmailChange, findEmailLink, requestEmailChange } from '@/lib/users/email-change';
import { resetTwoFactor } from '@/lib/users/help';
import { disable, enable } from '@/lib/users/status';
import { admin, age } from '@/tests/support/clock';
import { mailsIn } from '@/tests/support/mailbox';
import { signedIn, signIn } from '@/tests/support/sign-in';
import { enrolled, NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

type Tenant = Awaited<ReturnType<typeof newTenant>>;

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

const again = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };

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
