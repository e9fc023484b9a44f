import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { verifyAudit } from '@/lib/audit/verify';
import { completeSignIn } from '@/lib/sign-in/complete';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('the events of a sign-in keep their order: the spent code, then the session', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  await withTenant(tenant.id, async (tx) => {
    record(tx, tenant.id, cause, 'authn_recovery_code_use', { subjectId: user.id, detail: { left: 9 } });
    await completeSignIn(tx, tenant.id, { userId: user.id, factor: 'recovery-code', returnTo: null }, cause);
    record(tx, tenant.id, cause, 'authn_device_remember', { subjectId: user.id });
  });
  const order = (await eventsOf(tenant)).map(({ event }) => event).filter((event) => event.startsWith('authn_'));
  expect(order).toEqual(['authn_recovery_code_use', 'authn_login_success', 'authn_device_remember']);
  expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true });
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
