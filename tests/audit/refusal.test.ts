import { expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { recordRefusal } from '@/lib/audit/refusal';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

test('repeated refusals of one user sum up in few events, and other users’ are recorded all the same', async () => {
  const tenant = await newTenant();
  const [milo, noor] = [await newUser(tenant), await newUser(tenant)];
  const cause = (actorId: string): Cause => ({ actorId, address: '10.0.0.1', userAgent: 'tests', requestId: 'tests' });
  for (let index = 0; index < 120; index++) await recordRefusal(tenant, cause(milo.id), 'users');
  await recordRefusal(tenant, cause(noor.id), 'audit');
  const of = async (id: string) => (await eventsOf(tenant, 'authz_fail')).filter((event) => event.actor_id === id);
  expect(await of(noor.id)).toHaveLength(1);
  const told = await of(milo.id);
  expect(told).toHaveLength(12);
  expect(told.at(-2)?.detail).toEqual({ what: 'users', count: 11 });
  expect(told.at(-1)?.detail).toEqual({ what: 'users', count: 100 });
  await admin()`update volume_limits set "window" = "window" - 600 where key like 'refusal|%'`;
  await recordRefusal(tenant, cause(milo.id), 'users');
  expect((await of(milo.id)).at(-1)?.detail).toEqual({ what: 'users' });
});
