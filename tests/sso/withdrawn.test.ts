import { describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { setEntitlement } from '@/lib/operators/tenants/settings';
import { findPolicy } from '@/lib/policies/find';
import { findSession } from '@/lib/sessions/find';
import { nameFor } from '@/lib/sso/sign-in/new-user';
import { signInIdentity } from '@/lib/sso/sign-in/sign-in-identity';
import { findTenantById } from '@/lib/tenants/tenants';
import { identity, newConnection } from '@/tests/support/connections';
import { newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('a session through a provider ends when single sign-on is withdrawn, says why, and stays ended', async () => {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const connection = await newConnection(tenant);
  const user = await newUser(tenant);
  const arrived = await signInIdentity(
    tenant,
    await findPolicy(tenant),
    connection,
    { identity: identity(connection, { email: user.email }), returnTo: null },
    cause,
  );
  if (!arrived.ok || !('session' in arrived)) throw new Error('no session');
  const look = () => findSession({ kind: 'tenant', slug: tenant.slug }, arrived.session.token, true);
  const turn = async (on: boolean) => {
    const now = await findTenantById(tenant.id);
    if (!now) throw new Error('no tenant');
    await setEntitlement(now, 'single-sign-on', on, cause);
  };
  expect((await look())?.user?.id).toBe(user.id);
  await turn(false);
  expect(await look()).toMatchObject({ why: 'sso-withdrawn', session: null, user: null, phone: null });
  await turn(true);
  expect(await look()).toMatchObject({ why: 'ended', session: null, user: null });
});

describe('a provider’s name for a new user', () => {
  test.each([
    [{ firstName: 'Ada\u0000', lastName: 'Quill\u202e' }, ['Ada', 'Quill']],
    [{ firstName: '=cmd|x', lastName: '@SUM(A1)' }, ['ada', '']],
    [{ firstName: 'É'.repeat(200), lastName: '\ud83d\ude00'.repeat(3) }, ['É'.repeat(80), '']],
    [{ firstName: '\u200b\u2060', lastName: null }, ['ada', '']],
    [{ firstName: 'Ada\nQuill', lastName: ' Byron ' }, ['Ada Quill', 'Byron']],
  ])('follows the rules of the form: %j', (named, names) => {
    const { firstName, lastName } = nameFor(named, 'ada@kettle.example');
    expect([firstName, lastName]).toEqual(names);
  });
});
