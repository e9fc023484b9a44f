import { describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import { PROVIDER } from '@/lib/audit/provider';
import type { Cause } from '@/lib/audit/record';
import { oneTimeToken } from '@/lib/crypto';
import { signInOperator } from '@/lib/operators/sign-in';
import { finishReset } from '@/lib/passwords/reset/by-link';
import { openReset } from '@/lib/passwords/reset/request';
import { confirmPassword } from '@/lib/passwords/step-up';
import { findPolicy } from '@/lib/policies/find';
import { tenantCounter } from '@/lib/rate-limit/limiter';
import { LIMITS, PER_SITE } from '@/lib/rate-limit/limits';
import { budgetOf, clearBudget, returnTry, takeTry } from '@/lib/rate-limit/lockout';
import { signInWithPassword } from '@/lib/sign-in/with-password';
import { seconds } from '@/lib/time';
import { acceptInvitation } from '@/lib/users/accept-invitation';
import { unlock } from '@/lib/users/help';
import { inviteUser } from '@/lib/users/invite';
import { admin, age } from '@/tests/support/clock';
import { earlyInWindow } from '@/tests/support/early-in-window';
import { newOperator } from '@/tests/support/operators';
import { NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

type Tenant = Awaited<ReturnType<typeof newTenant>>;

describe('lockouts', () => {
  test.each(['password', 'code'] as const)(
    'of a %s last 15 minutes, then an hour, then six hours, never longer',
    async (kind) => {
      const tenant = await newTenant();
      const user = await newUser(tenant);
      for (const minutes of [15, 60, 360, 360, 360]) {
        expect(await lock(tenant, kind, user)).toBe(minutes);
        await age('throttles', minutes * 60 + 1, `tenant_id = '${tenant.id}'`);
      }
    },
  );

  test('begin again at 15 minutes once 24 hours have passed', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    expect(await lock(tenant, 'password', user)).toBe(15);
    await age('throttles', 23 * 3600, `tenant_id = '${tenant.id}'`);
    expect(await lock(tenant, 'password', user)).toBe(60);
    await age('throttles', 2 * 3600, `tenant_id = '${tenant.id}'`);
    expect(await lock(tenant, 'password', user), 'of the two before, one is within 24 hours').toBe(60);
    await age('throttles', 24 * 3600 + 1, `tenant_id = '${tenant.id}'`);
    expect(await lock(tenant, 'password', user)).toBe(15);
  });

  test('begin with the tenant’s own minutes', async () => {
    const tenant = await newTenant({ policy: { lockTries: 3, lockMinutes: 30 } });
    const user = await newUser(tenant);
    for (const minutes of [30, 60, 360]) {
      expect(await lock(tenant, 'password', user)).toBe(minutes);
      await age('throttles', minutes * 60 + 1, `tenant_id = '${tenant.id}'`);
    }
  });

  test('are not extended by tries, one at a time or forty at once', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    await lock(tenant, 'password', user);
    const before = await lockOf(user);
    await Promise.all(Array.from({ length: 40 }, () => takeTry(tenant.id, 'password', budgetOf(user.id), user.id)));
    expect(await lockOf(user)).toEqual(before);
    await age('throttles', 15 * 60 + 1, `tenant_id = '${tenant.id}'`);
    expect(await lock(tenant, 'password', user), 'they are no lockouts of their own').toBe(60);
  });

  test('are never for good: after two hundred wrong passwords over days the right one signs in', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    for (let count = 0; count < 200; count++) {
      await takeTry(tenant.id, 'password', budgetOf(user.id), user.id);
      await age('throttles', 4 * 60, `tenant_id = '${tenant.id}'`);
    }
    await age('throttles', 6 * 3600, `tenant_id = '${tenant.id}'`);
    expect(await signIn(tenant, user)).toMatchObject({ ok: true });
  });

  test('end with a try that is given back, and do not count then', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    await lock(tenant, 'password', user);
    await returnTry(tenant.id, 'password', budgetOf(user.id), { locks: true });
    const taken = await takeTry(tenant.id, 'password', budgetOf(user.id), user.id);
    expect(taken).toMatchObject({ refused: false, locks: true, minutes: 15 });
  });

  test('stay when a try is given back that did not begin them', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const budget = budgetOf(user.id);
    const slow = await takeTry(tenant.id, 'password', budget, user.id);
    // Meanwhile another browser signs in, and a stranger then locks the account.
    await withTenant(tenant.id, (tx) => clearBudget(tx, tenant.id, 'password', budget));
    await lock(tenant, 'password', user);
    const before = await lockOf(user);
    await returnTry(tenant.id, 'password', budget, slow);
    expect(await lockOf(user)).toEqual(before);
    expect(await takeTry(tenant.id, 'password', budget, user.id)).toMatchObject({ refused: true });
  });

  test('and their number end with an unlock', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    await lock(tenant, 'password', user);
    await unlock(tenant, user.id, cause());
    expect(await lock(tenant, 'password', user)).toBe(15);
  });

  test('end with a completed reset, in known browsers too', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const device = await deviceOf(tenant, user);
    for (let count = 0; count < 5; count++) await signIn(tenant, user, 'wrong', { device });
    await lock(tenant, 'password', user);
    const chosen = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };
    await withTenant(tenant.id, (tx) => openReset(tx, tenant.id, user.id, 'link'));
    const token = await mailedToken('password_resets', 'reset', user);
    expect(await finishReset(tenant, await findPolicy(tenant), token, chosen, cause())).toEqual({ ok: true });
    expect(await signIn(tenant, user, NEW_PASSWORD, { device })).toMatchObject({ ok: true });
    expect(await signIn(tenant, user, NEW_PASSWORD)).toMatchObject({ ok: true });
  });

  test('end with an accepted invitation', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant, { password: undefined });
    await lock(tenant, 'password', user);
    const chosen = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };
    await inviteUser(tenant, user.id, cause());
    const token = await mailedToken('invitations', 'invitation', user);
    expect(await acceptInvitation(tenant, await findPolicy(tenant), token, chosen, cause())).toEqual({ ok: true });
    expect(await signIn(tenant, user, NEW_PASSWORD)).toMatchObject({ ok: true });
  });

  test('by strangers end when the user gives the right password in a known browser', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const device = await deviceOf(tenant, user);
    await lock(tenant, 'password', user);
    expect(await signIn(tenant, user)).toMatchObject({ error: 'locked' });
    expect(await signIn(tenant, user, 'wrong', { device })).toMatchObject({ error: 'wrong' });
    expect(await lockOf(user), 'a wrong one ends nothing').not.toHaveLength(0);
    expect(await signIn(tenant, user, PASSWORD, { device })).toMatchObject({ ok: true });
    expect(await signIn(tenant, user), 'in a new browser').toMatchObject({ ok: true });
  });

  test('caused by strangers end after a second factor and in the settings', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const device = await deviceOf(tenant, user);
    await admin()`update users set second_factor_required = true where id = ${user.id}`;
    await admin()`update policies set second_factor = 'optional' where tenant_id = ${tenant.id}`;
    await lock(tenant, 'password', user);
    expect(await signIn(tenant, user, PASSWORD, { device })).toMatchObject({ ok: true, next: 'enroll' });
    expect(await lockOf(user)).toEqual([]);
    await lock(tenant, 'password', user);
    const again = await confirmPassword(tenant, user.id, PASSWORD, 'password', { ...cause(), device });
    expect(again).toMatchObject({ ok: true });
    expect(await lockOf(user)).toEqual([]);
  });
});

describe('tries from one network', () => {
  test('of IPv6 are counted for the /48 too, so that its many /64 are no way round', async () => {
    await earlyInWindow(seconds(5));
    const tenant = await newTenant();
    const most = LIMITS['sign-in'].most * PER_SITE;
    await fill(`sign-in:${tenant.id}:network:2001:db8:a::/48`, most - 1);
    const user = await newUser(tenant);
    expect(await signIn(tenant, user, 'wrong', { address: '2001:db8:a:1::1' })).toMatchObject({ error: 'wrong' });
    const refused = await signIn(tenant, user, 'wrong', { address: '2001:0DB8:000A:ffff::2' });
    expect(refused).toMatchObject({ error: 'too-many', retryAfter: expect.any(Number) });
    expect(await signIn(tenant, user, PASSWORD, { address: '2001:db8:b::1' })).toMatchObject({ ok: true });
  });

  test('are returned for right passwords, so that an office in one /48 can start its shift', async () => {
    const tenant = await newTenant();
    const users = await Promise.all(Array.from({ length: 4 }, () => newUser(tenant)));
    for (const [at, user] of users.entries())
      expect(await signIn(tenant, user, PASSWORD, { address: `2001:db8:c:${at}::1` })).toMatchObject({ ok: true });
    const counts = await admin()`select count from volume_limits where key like ${`sign-in:${tenant.id}:%`}`;
    expect(counts.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('from one busy client do not use up what its /48 may ask for', async () => {
    await earlyInWindow(seconds(5));
    const tenant = await newTenant();
    const user = await newUser(tenant);
    await fill(`sign-in:${tenant.id}:address:2001:db8:d:1::/64`, LIMITS['sign-in'].most);
    for (let count = 0; count < 5; count++)
      expect(await signIn(tenant, user, 'x', { address: '2001:db8:d:1::1' })).toMatchObject({ error: 'too-many' });
    const network =
      await admin()`select count from volume_limits where key = ${`sign-in:${tenant.id}:network:2001:db8:d::/48`}`;
    expect(network).toHaveLength(0);
  });
});

describe('tries at a whole tenant from many networks', () => {
  test('are refused in new browsers, right or wrong, while known browsers sign in as usual', async () => {
    await earlyInWindow(seconds(5));
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const device = await deviceOf(tenant, user);
    const { key, most } = tenantCounter('sign-in', tenant.id);
    await fill(key, most);
    for (const [name, password] of [
      [user.username, 'wrong'],
      [user.username, PASSWORD],
      ['nobody', 'wrong'],
    ] as const)
      expect(await signIn(tenant, { ...user, username: name }, password, { address: '198.51.100.1' })).toMatchObject({
        error: 'tenant-busy',
        retryAfter: expect.any(Number),
      });
    expect(await signIn(tenant, user, PASSWORD, { device })).toMatchObject({ ok: true });
    const other = await newTenant();
    expect(await signIn(other, await newUser(other))).toMatchObject({ ok: true });
  });

  test('are not counted when they are right', async () => {
    const tenant = await newTenant();
    await signIn(tenant, await newUser(tenant));
    const { key } = tenantCounter('sign-in', tenant.id);
    expect(await admin()`select count from volume_limits where key = ${key}`).toMatchObject([{ count: 0 }]);
  });

  test('at operators’ passwords are refused in the same way in new browsers', async () => {
    await earlyInWindow(seconds(5));
    const operator = await newOperator();
    const { key, most } = tenantCounter('sign-in', 'operator');
    await fill(key, most);
    const input = { username: operator.username, password: PASSWORD, returnTo: '' };
    expect(await signInOperator(input, cause())).toMatchObject({ error: 'tenant-busy' });
    await admin()`delete from volume_limits where key = ${key}`;
    expect(await signInOperator(input, cause())).toMatchObject({ ok: true });
    expect(await admin()`select count from volume_limits where key = ${key}`).toMatchObject([{ count: 0 }]);
    await withTenant(PROVIDER, (tx) => clearBudget(tx, PROVIDER, 'password', budgetOf(operator.id)));
  });
});

/** Takes tries until one locks, and returns for how many minutes. */
async function lock(tenant: Tenant, kind: 'password' | 'code', user: Person) {
  for (let count = 0; count < 20; count++) {
    const taken = await takeTry(tenant.id, kind, budgetOf(user.id), user.id);
    if (taken.locks) return taken.minutes;
  }
  throw new Error('nothing locked');
}

async function lockOf(user: Person) {
  const rows = await admin()`
    select locked_until::text as until from throttles where key_digest = ${budgetOf(user.id)} and locked_until is not null`;
  return rows.map(({ until }) => String(until));
}

async function signIn(
  tenant: Tenant,
  user: Person,
  password = PASSWORD,
  { device, address = '192.0.2.1' }: { device?: string; address?: string } = {},
) {
  const input = { identifier: user.username, password, returnTo: null };
  return signInWithPassword(tenant, await findPolicy(tenant), input, { ...cause(address), device });
}

/** Signs in once, and returns the browser's token from then on. */
async function deviceOf(tenant: Tenant, user: Person) {
  const done = await signIn(tenant, user);
  if (!done.ok || !('device' in done)) throw new Error('not signed in');
  return done.device;
}

async function mailedToken(table: 'password_resets' | 'invitations', purpose: 'reset' | 'invitation', { id }: Person) {
  const [row] =
    await admin()`select nonce, key_id from ${admin()(table)} where user_id = ${id} order by created_at desc`;
  return row && oneTimeToken(purpose, { nonce: row.nonce, keyId: row.key_id });
}

async function fill(key: string, count: number) {
  const window = LIMITS['sign-in'].window / 1000;
  await admin()`
    insert into volume_limits (key, "window", count)
    values (${key}, floor(extract(epoch from now()) / ${window}) * ${window}, ${count})
    on conflict (key, "window") do update set count = excluded.count`;
}

function cause(address = '192.0.2.1'): Cause {
  return { actorId: null, address, userAgent: 'tests', requestId: 'tests' };
}
