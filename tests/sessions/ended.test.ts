import { expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { endSessionByToken } from '@/lib/sessions/end';
import { findSession } from '@/lib/sessions/find';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { signedIn } from '@/tests/support/sign-in';
import { newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const running = instances();

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

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
