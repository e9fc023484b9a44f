import { env } from '@/lib/env';
import { LIMITS, type LimitName } from '@/lib/rate-limit/limits';
import { countInPostgres } from '@/lib/rate-limit/postgres';
import { countInRedis } from '@/lib/rate-limit/upstash';
import { failure } from '@/lib/result';

/** Promises that one request is counted; fails with `too-many` and the seconds to wait. Without an answer from Redis, Postgres counts. */
export async function takeVolume(name: LimitName, scope: string, address: string) {
  const answer = await count(name, `${scope}:${networkOf(address)}`, 1);
  return answer.ok
    ? answer
    : failure('too-many', { retryAfter: answer.retryAfter, minutes: Math.ceil(answer.retryAfter / 60) });
}

/** Gives a counted request back: it was a good one. */
export async function giveBackVolume(name: LimitName, scope: string, address: string) {
  await count(name, `${scope}:${networkOf(address)}`, -1);
}

async function count(name: LimitName, key: string, by: 1 | -1) {
  const fromRedis = env().UPSTASH_REDIS_REST_URL ? await countInRedis(name, key, by) : undefined;
  return fromRedis ?? countInPostgres(`${name}:${key}`, LIMITS[name].most, LIMITS[name].window, by);
}

/** One client of IPv6 owns a whole /64, so its first four groups count. */
export function networkOf(address: string) {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!bare.includes(':')) return bare;
  const [head = '', tail] = bare.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group || '0', 16).toString(16))
    .join(':')}::/64`;
}
