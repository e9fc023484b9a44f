import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { verifyAudit } from '@/lib/audit/verify';
import { type App, spawnApp, startApp } from '@/tests/support/app';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, PASSWORD } from '@/tests/support/users';

const [K1 = ''] = (process.env.GATEHOUSE_SECRETS ?? '').split(',');
const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const settings = {
  DATABASE_URL: process.env.DATABASE_URL,
  PUBLIC_URL: process.env.PUBLIC_URL,
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'no-reply@gatehouse.test',
};

test('another key under a used id prevents the start, and breaks no audit chain', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  await (await startApp()).stop();
  for (const secrets of [newKey('k1'), `${newKey('k7')},${newKey('k1')}`]) {
    const refused = await spawnApp({ ...settings, GATEHOUSE_SECRETS: secrets });
    expect(await refused.gone).toBe(1);
    expect(refused.output()).toMatch(/^gatehouse: GATEHOUSE_SECRETS: key k1 is not the key .* restore the key/m);
  }
  await using(startApp(), async (app) => {
    expect((await visitor({ port: app.port, host: tenant.host }).signIn(user.username, PASSWORD)).status).toBe(303);
  });
  expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true });
});

test('a database from before check values detects a wrong key by its sealed data', async () => {
  const tenant = await newTenant();
  await enrolled(tenant, await newUser(tenant));
  const recorded = await admin()`delete from key_checks where key_id = 'k1' returning *`;
  const refused = await spawnApp({ ...settings, GATEHOUSE_SECRETS: newKey('k1') });
  expect(await refused.gone).toBe(1);
  expect(refused.output()).toMatch(/key k1 is not the key/);
  await (await startApp()).stop();
  expect(await admin()`select check_value from key_checks where key_id = 'k1'`).toEqual(
    recorded.map(({ check_value }) => ({ check_value })),
  );
});

test('of instances that start at once with different new keys under one id, at most one records its own', async () => {
  const starts = await Promise.all(
    [newKey('race'), newKey('race'), newKey('race')].map((key) =>
      spawnApp({ ...settings, GATEHOUSE_SECRETS: `${K1},${key}` }),
    ),
  );
  const ends = await Promise.all(
    starts.map(async (app) => {
      const ended = await Promise.race([app.gone, started(app)]);
      if (ended === 'started') await app.stop();
      return ended;
    }),
  );
  expect(ends.filter((end) => end === 'started').length).toBe(1);
  expect(ends.filter((end) => end === 1).length).toBe(2);
});

test('an instance without the newest key answers 503, counts no try and ends no session', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const k2 = newKey('k2');
  await using(startApp({ GATEHOUSE_SECRETS: `${k2},${K1}` }), async (ahead) => {
    expect(ahead.output()).toMatch(/key k2 writes, and no instance has had it to read/);
    const { secret } = await enrolled(tenant, user);
    const browser = visitor({ port: ahead.port, host: tenant.host });
    await browser.signIn(user.username, PASSWORD);
    const answer = await browser.submit('/sign-in/code', { code: codeOf(secret) });
    expect(answer.location).not.toMatch(/sign-in/);
    const sealed = await admin()`select sealed_secret from totp_secrets where user_id = ${user.id}`;
    expect(sealed[0]?.sealed_secret).toMatch(/^k2\./);
    await admin()`update recovery_codes set key_id = 'k2' where user_id = ${user.id}`;

    await using(startApp({ GATEHOUSE_SECRETS: K1 }), async (behind) => {
      expect(behind.output()).toMatch(/GATEHOUSE_SECRETS has no key .*k2/);
      const late = visitor({ port: behind.port, host: tenant.host });
      expect((await late.signIn(user.username, PASSWORD)).location).toBe('/sign-in/code');
      for (let attempt = 0; attempt < 6; attempt++) {
        expect((await late.submit('/sign-in/code', { code: codeOf(secret, 1) })).status).toBe(503);
        expect((await late.submit('/sign-in/recovery-code', { code: 'aaaaa-bbbbb' })).status).toBe(503);
      }
      await expect.poll(() => behind.output()).toMatch(/"alert":"unavailable".*k2/);
      const [tries] =
        await admin()`select coalesce(sum(fails), 0)::int as tries from throttles where user_id = ${user.id} and kind = 'code'`;
      expect(tries).toEqual({ tries: 0 });
      expect((await late.get('/sign-in/code')).status).toBe(200);
    });
  });
});

test('a key that every instance can read first rolls without a 503', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const { secret } = await enrolled(tenant, user);
  const k3 = newKey('k3');
  const readers = `${K1},${k3}`;
  await using(startApp({ GATEHOUSE_SECRETS: readers }), async (reads) => {
    await using(startApp({ GATEHOUSE_SECRETS: `${k3},${K1}` }), async (writes) => {
      expect(writes.output()).not.toMatch(/key k3 writes/);
      const browser = visitor({ port: writes.port, host: tenant.host });
      await browser.signIn(user.username, PASSWORD);
      await browser.submit('/sign-in/code', { code: codeOf(secret) });
      const other = visitor({ port: reads.port, host: tenant.host });
      await other.signIn(user.username, PASSWORD);
      const answer = await other.submit('/sign-in/code', { code: codeOf(secret, 1) });
      expect([answer.status, answer.location]).toEqual([303, expect.not.stringMatching(/sign-in/)]);
    });
  });
});

async function using(starting: Promise<App>, work: (app: App) => Promise<void>) {
  const app = await starting;
  try {
    await work(app);
  } finally {
    await app.stop();
  }
}

async function started({ child, output }: Awaited<ReturnType<typeof spawnApp>>) {
  while (!/^Gatehouse: http/m.test(output())) await once(child, 'printed');
  return 'started' as const;
}
