import { expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { findPolicy } from '@/lib/policies/find';
import { resetPassword, resetTwoFactor } from '@/lib/users/help';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { signIn } from '@/tests/support/sign-in';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

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
