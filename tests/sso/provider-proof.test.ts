import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import { findPolicy } from '@/lib/policies/find';
import type { Policy } from '@/lib/policies/policy';
import { isProvedLately } from '@/lib/sessions/proof';
import { findAttempt } from '@/lib/sign-in/attempt';
import { rememberDevice } from '@/lib/sign-in/remembered';
import { proveCode } from '@/lib/sign-in/with-totp';
import type { Identity } from '@/lib/sso/answer';
import { signInIdentity } from '@/lib/sso/sign-in/sign-in-identity';
import { admin } from '@/tests/support/clock';
import { identity, newConnection } from '@/tests/support/connections';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

/**
 * A sign-in through a provider proves as much as the provider says, and a code of ours proves it
 * now.
 */

const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const MINUTE = 60_000;

test.each([
  ['a minute ago', -1 * MINUTE, true],
  ['nine minutes ago', -9 * MINUTE, true],
  ['eleven minutes ago', -11 * MINUTE, false],
  ['at a moment that it does not name', null, false],
  ['within the allowed difference of clocks, in the future', 60_000, true],
])('a sign-in at the provider %s', async (_when, ago, isRecent) => {
  const office = await newOffice();
  await office.come({ authenticatedAt: ago === null ? null : Date.now() + ago });
  expect(await office.proof()).toEqual({ isRecent, isLate: false });
});

test('a remembered device proves nothing, and a code at this sign-in proves it now', async () => {
  const office = await newOffice({ secondFactor: 'required', ssoSecondFactor: 'always', rememberDevices: true });
  const { tenant, user } = office;
  const { secret } = await enrolled(tenant, user);
  const device = await withTenant(tenant.id, (tx) => rememberDevice(tx, tenant.id, user.id, cause));
  const old = { authenticatedAt: Date.now() - 20 * MINUTE };
  expect((await office.come(old, device)).next).toBe('done');
  expect(await office.proof()).toEqual({ isRecent: false, isLate: false });

  await admin()`delete from sessions where tenant_id = ${tenant.id}`;
  const asked = await office.come(old);
  if (!('attempt' in asked)) throw new Error('no code was asked for');
  const policy = await findPolicy(tenant);
  const attempt = await findAttempt(tenant, policy, asked.attempt.token);
  if (!attempt) throw new Error('no attempt');
  expect(await proveCode(tenant, policy, attempt, { code: codeOf(secret) }, cause)).toMatchObject({ next: 'done' });
  expect(await office.proof()).toEqual({ isRecent: true, isLate: false });
});

test('a second factor that the provider asked for proves no more than its own moment', async () => {
  const office = await newOffice({ ssoSecondFactor: 'never' });
  await office.come({ secondFactor: true, authenticatedAt: Date.now() - 20 * MINUTE });
  expect(await office.proof()).toEqual({ isRecent: false, isLate: false });
});

async function newOffice(given: Partial<Policy> = {}) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'], policy: given });
  const connection = await newConnection(tenant);
  const user = await newUser(tenant);
  const subject = 'the-same-account';
  const come = async (named: Partial<Identity>, device?: string) => {
    const whom = identity(connection, { email: user.email, subject, ...named });
    const arrived = await signInIdentity(
      tenant,
      await findPolicy(tenant),
      connection,
      { identity: whom, returnTo: null },
      {
        ...cause,
        device,
      },
    );
    if (!arrived.ok) throw new Error(arrived.reason);
    return arrived;
  };
  /** Returns whether the session has a recent proof, and whether that is later than now. */
  const proof = async () => {
    const [session] = await admin()`
      select id, coalesce(proved_at > now(), false) as late from sessions where tenant_id = ${tenant.id}`;
    return { isRecent: await isProvedLately(tenant, session?.id), isLate: session?.late };
  };
  return { tenant, user, come, proof };
}
