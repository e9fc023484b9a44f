import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { users } from '@/db/schema/users';
import { seal } from '@/lib/crypto';
import { describe as described } from '@/lib/log';
import { newTenant, newUser } from '@/tests/support/users';

test('a statement that the database refuses is logged without its parameters', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const sealedSecret = seal('canary-secret', 'canary');
  const nobody = '5f0c1a52-7d3e-4b7a-9a59-0c6d8f1e2b3a';
  const email = 'canary-address';
  const refused = [
    () => withTenant(tenant.id, (tx) => tx.update(users).set({ email, firstName: 'canary-name' })),
    () =>
      withTenant(tenant.id, (tx) =>
        tx.insert(totpSecrets).values({ tenantId: tenant.id, userId: nobody, sealedSecret, lastStep: 0 }),
      ),
    () =>
      withTenant(tenant.id, (tx) =>
        tx
          .insert(users)
          .values({ tenantId: tenant.id, username: user.username, firstName: 'canary-name', lastName: 'x' }),
      ),
  ];
  const codes: unknown[] = [];
  for (const attempt of refused) {
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error)) throw new Error('it was not refused');
    const told = described(error);
    codes.push(told.code);
    const words = [
      JSON.stringify(told),
      error.message,
      error.stack,
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 9, showHidden: true }),
    ].join('\n');
    for (const parameter of ['canary', sealedSecret, nobody, user.username, tenant.id]) {
      expect([told.code, parameter, words.includes(parameter)]).toEqual([told.code, parameter, false]);
    }
  }
  expect(codes).toEqual(['23514', '23503', '23505']);
});
