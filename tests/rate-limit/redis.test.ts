import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { env } from '@/lib/env';
import { giveBackVolume, takeVolume } from '@/lib/rate-limit/limiter';
import { LIMITS, PER_SITE } from '@/lib/rate-limit/limits';
import { seconds } from '@/lib/time';
import { admin } from '@/tests/support/clock';
import { earlyInWindow } from '@/tests/support/early-in-window';

/** The limits in a Redis that counts: it answers the limiter's script with the count of the key. */

const counts = new Map<string, number>();
const redis = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const answers = (JSON.parse(body) as [string, string, number, string, number, number, number][]).map(
    ([, , , key, most, , by]) => {
      counts.set(key, (counts.get(key) ?? 0) + by);
      return { result: [counts.get(key), most] };
    },
  );
  response.end(JSON.stringify(answers));
});

beforeAll(async () => {
  redis.listen(0, '127.0.0.1');
  await once(redis, 'listening');
  Object.assign(env(), {
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${(redis.address() as AddressInfo).port}`,
    UPSTASH_REDIS_REST_TOKEN: 'token',
  });
});

afterAll(() => {
  redis.closeAllConnections();
  redis.close();
});

test('Redis counts each client and its /48, and gives both back', async () => {
  await earlyInWindow(seconds(15));
  const scope = randomUUID();
  const most = LIMITS.slip.most * PER_SITE;
  for (let count = 0; count < most; count++)
    expect(await takeVolume('slip', scope, `2001:db8:5:${count.toString(16)}::1`)).toMatchObject({ ok: true });
  expect(await takeVolume('slip', scope, '2001:db8:5:ffff::1')).toMatchObject({ error: 'too-many' });
  expect(await takeVolume('slip', scope, '2001:db8:6::1')).toMatchObject({ ok: true });
  await giveBackVolume('slip', scope, '2001:db8:5:ffff::1');
  await giveBackVolume('slip', scope, '2001:db8:5:1::1');
  expect(await takeVolume('slip', scope, '2001:db8:5:ffff::1')).toMatchObject({ ok: true });
  expect(await admin()`select from volume_limits where key like ${`slip:${scope}:%`}`).toHaveLength(0);
});
