import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import { ssoLinks } from '@/db/schema/sso';
import type { Cause } from '@/lib/audit/record';
import { listEmergencyAccounts } from '@/lib/passwords/emergency';
import { listLinks, releaseLink } from '@/lib/sso/sign-in/links';
import { resetTwoFactor } from '@/lib/users/help';
import { disable, setEmergency, setRole } from '@/lib/users/status';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('an emergency account is an administrator, and works with a lasting password and a second factor', async () => {
  const { tenant, first, agent } = await office();
  expect(await setEmergency(tenant, agent.id, true, cause)).toEqual({ ok: false, error: 'emergency-role' });
  expect(await setEmergency(tenant, first.id, true, cause)).toEqual({ ok: true });
  expect(await listEmergencyAccounts(tenant)).toMatchObject([{ id: first.id, hasSecondFactor: false, works: false }]);
  await enrolled(tenant, first);
  expect(await listEmergencyAccounts(tenant)).toMatchObject([{ id: first.id, works: true }]);
  expect(await setRole(tenant, first.id, 'agent', cause)).toEqual({ ok: true });
  expect(await listEmergencyAccounts(tenant)).toEqual([]);
});

test('while passwords are hidden the last one that works stays one, also in a race', async () => {
  const { tenant, first, second } = await office();
  await Promise.all([first, second].map((person) => enrolled(tenant, person)));
  await setEmergency(tenant, first.id, true, cause);
  await newConnection(tenant, { state: 'instead' });
  const refused = { ok: false, error: 'last-emergency' };
  expect(await setEmergency(tenant, first.id, false, cause)).toEqual(refused);
  expect(await disable(tenant, first.id, cause)).toEqual(refused);
  expect(await setRole(tenant, first.id, 'agent', cause)).toEqual(refused);
  expect(await resetTwoFactor(tenant, first.id, cause)).toEqual(refused);
  await setEmergency(tenant, second.id, true, cause);
  const both = await Promise.all([first, second].map(({ id }) => setEmergency(tenant, id, false, cause)));
  expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
  expect(await listEmergencyAccounts(tenant)).toHaveLength(1);
  await admin()`update sso_connections set state = 'beside' where tenant_id = ${tenant.id}`;
  await admin()`update policies set password_hidden = false where tenant_id = ${tenant.id}`;
  const last = (await listEmergencyAccounts(tenant))[0]?.id ?? '';
  expect(await setEmergency(tenant, last, false, cause)).toEqual({ ok: true });
});

test('a released company account is one event, and another connection’s stays', async () => {
  const { tenant, agent } = await office();
  const [one, other] = [await newConnection(tenant), await newConnection(tenant)];
  const link = (connectionId: string) => ({
    tenantId: tenant.id,
    connectionId,
    issuer: 'https://id.example',
    subject: `subject of ${agent.id}`,
    userId: agent.id,
  });
  await withTenant(tenant.id, (tx) => tx.insert(ssoLinks).values([link(one.id), link(other.id)]));
  expect(await releaseLink(tenant, agent.id, one.id, cause)).toEqual({ ok: true });
  expect((await listLinks(tenant, agent.id)).map(({ connectionId }) => connectionId)).toEqual([other.id]);
  expect(await releaseLink(tenant, agent.id, one.id, cause)).toEqual({ ok: false, error: 'not-found' });
  const stranger = await newTenant({ entitlements: ['single-sign-on'] });
  expect(await releaseLink(stranger, agent.id, other.id, cause)).toEqual({ ok: false, error: 'not-found' });
  expect((await eventsOf(tenant)).filter(({ event }) => event === 'sso_link_remove')).toHaveLength(1);
});

async function office() {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const [first, second, agent] = await Promise.all([
    newUser(tenant, { role: 'administrator' }),
    newUser(tenant, { role: 'administrator' }),
    newUser(tenant),
  ]);
  return { tenant, first, second, agent };
}
