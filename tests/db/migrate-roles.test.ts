import { expect, test } from 'vitest';
import { migrate } from '@/db/migrate';
import type { Cause } from '@/lib/audit/record';
import { InvalidEnv } from '@/lib/env';
import { admin } from '@/tests/support/clock';
import { signIn } from '@/tests/support/sign-in';
import { newTenant, newUser } from '@/tests/support/users';

const _cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('migrating with the owner as the application’s role is refused and revokes nothing', async () => {
  const [owner, app] = [process.env.TEST_OWNER_URL ?? '', process.env.DATABASE_URL ?? ''];
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const rights = async () =>
    (
      await admin()`
        select c.relname, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) as owner
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'drizzle', 'graphile_worker') order by c.oid`
    ).map((row) => JSON.stringify(row));
  const before = await rights();
  expect(before.length).toBeGreaterThan(10);
  for (const wrong of [owner, process.env.TEST_ADMIN_URL ?? '']) {
    const refusal = migrate(owner, wrong);
    await expect(refusal).rejects.toBeInstanceOf(InvalidEnv);
    await expect(refusal).rejects.toThrow(/DATABASE_URL/);
    expect(await rights()).toEqual(before);
  }
  expect(await signIn(tenant, user.username)).toMatchObject({ ok: true, next: 'done' });
  await migrate(owner, app);
  expect(await rights()).toEqual(before);
});
