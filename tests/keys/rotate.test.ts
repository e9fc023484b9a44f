import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { SEALED } from '@/lib/keys/rotate';
import { renewOperatorCodes } from '@/lib/operators/second-factor';
import { setSipPassword } from '@/lib/phone/accounts';
import { unsealTotpSecret } from '@/lib/second-factor/totp';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { newOperator } from '@/tests/support/operators';
import { newPhoneTenant } from '@/tests/support/phone';
import { enrolled, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('every column that keeps something sealed is known', async () => {
  const columns = await admin()`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and column_name like 'sealed%' order by 1`;
  expect(columns.map(({ name }) => name)).toEqual(SEALED.map(({ table, column }) => `${table}.${column}`).sort());
});

test('secrets under an older key are sealed under the newest, and unreadable ones are reported', async () => {
  // The secret is for the relay, the account for one person.
  const tenant = await newPhoneTenant(
    { way: 'per-user', iceServers: ['turn:turn.example'] },
    { entitlements: ['single-sign-on'] },
  );
  const people = [await newUser(tenant), await newUser(tenant), await newUser(tenant)];
  const secrets = await Promise.all(people.map((person) => enrolled(tenant, person)));
  await newConnection(tenant);
  await setSipPassword(tenant, people[0]?.id ?? '', 'sip secret', cause);
  const operator = await newOperator();
  await renewOperatorCodes({ operatorId: operator.id, sessionId: operator.id }, operator.password, cause);
  await admin()`update totp_secrets set sealed_secret = 'k9.AAAA.AAAA.AAAA' where user_id = ${people[2]?.id ?? ''}`;
  const both = `k2:${randomBytes(32).toString('base64')},${process.env.GATEHOUSE_SECRETS}`;
  const first = gatehouse(both, 'rotate-keys', '--json');
  expect([first.status, first.told]).toEqual([4, { ok: false, resealed: 7, unreadable: 1, key: 'k2' }]);
  await admin()`delete from totp_secrets where user_id = ${people[2]?.id ?? ''}`;
  const again = gatehouse(both, 'rotate-keys', '--json');
  expect([again.status, again.told]).toEqual([0, { ok: true, resealed: 0, unreadable: 0, key: 'k2' }]);
  const rows = await admin()`select user_id, sealed_secret from totp_secrets where tenant_id = ${tenant.id}`;
  expect(rows.map(({ sealed_secret }) => String(sealed_secret).slice(0, 3))).toEqual(['k2.', 'k2.']);
  // This process has the old key alone.
  expect(() => unsealTotpSecret(String(rows[0]?.sealed_secret), tenant.id, String(rows[0]?.user_id))).toThrow();
  expect(secrets).toHaveLength(3);
  const noted = await eventsOf({ id: '00000000-0000-0000-0000-000000000000' }, 'keys_rotate');
  expect(noted.map(({ detail, address }) => [detail.resealed, address])).toEqual([
    [7, 'command line'],
    [0, 'command line'],
  ]);
});

function gatehouse(secrets: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/gatehouse.ts', ...words], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: process.env.DATABASE_URL,
      PUBLIC_URL: process.env.PUBLIC_URL,
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'no-reply@gatehouse.test',
      GATEHOUSE_SECRETS: secrets,
    } as unknown as NodeJS.ProcessEnv,
  });
  if (!stdout) throw new Error(stderr);
  return { status, told: JSON.parse(stdout), stdout, stderr };
}
