import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { completeSignIn } from '@/lib/sign-in/complete';
import { admin } from '@/tests/support/clock';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

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
