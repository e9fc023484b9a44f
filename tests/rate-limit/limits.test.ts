import { afterAll, beforeAll, expect, test } from 'vitest';
import { seconds } from '@/lib/time';
import { type App, startApp } from '@/tests/support/app';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { earlyInWindow } from '@/tests/support/early-in-window';
import { startBrokenRedis } from '@/tests/support/redis';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

/** The volume limiter with a Redis beside it that cannot be relied on. */

let app: App;
let redis: Awaited<ReturnType<typeof startBrokenRedis>>;

beforeAll(async () => {
  redis = await startBrokenRedis();
  app = await startApp({ UPSTASH_REDIS_REST_URL: redis.url, UPSTASH_REDIS_REST_TOKEN: 'token' });
});

afterAll(async () => {
  await app?.stop();
  await redis?.stop();
});

test.each(['hangs', 'says-500', 'talks-nonsense'] as const)(
  'a Redis that %s costs a moment, and Postgres counts in its place',
  { timeout: 60_000 },
  async (mood) => {
    await earlyInWindow(seconds(20));
    redis.turn(mood);
    const tenant = await newTenant();
    const browser = visitor({ port: app.port, host: tenant.host });
    const form = await browser.form('/forgot-password', ['username']);
    const asked = redis.asked();
    const statuses: number[] = [];
    const times: number[] = [];
    for (let index = 0; index < 21; index++) {
      const answer = await browser.post('/forgot-password', form, { username: 'nobody' });
      statuses.push(answer.status);
      times.push(answer.ms);
    }
    expect(redis.asked()).toBeGreaterThan(asked);
    expect(statuses).toEqual([...Array(20).fill(303), 429]);
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(600);
  },
);

test('a lockout is exact without Redis', async () => {
  redis.turn('hangs');
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const form = await visitor({ port: app.port, host: tenant.host }).form('/sign-in', ['username', 'password']);
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      visitor({ port: app.port, host: tenant.host, from: `127.0.4.${index + 1}` }).post('/sign-in', form, {
        username: user.username,
        password: 'wrong one',
      }),
    ),
  );
  expect([...(await admin()`select fails, refused from throttles where tenant_id = ${tenant.id}`)]).toEqual([
    { fails: 5, refused: 7 },
  ]);
  expect(
    (await visitor({ port: app.port, host: tenant.host }).signIn(user.username, PASSWORD)).location,
  ).toBeUndefined();
});

test('a Redis that refuses connections costs nothing noticeable', async () => {
  const alone = await startApp({ UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9', UPSTASH_REDIS_REST_TOKEN: 'token' });
  try {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const answer = await visitor({ port: alone.port, host: tenant.host }).signIn(user.username, PASSWORD);
    expect([answer.location, answer.ms < 3000]).toEqual(['/home', true]);
  } finally {
    await alone.stop();
  }
});
