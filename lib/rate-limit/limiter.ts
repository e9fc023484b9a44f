import { env } from '@/lib/env';
import { LIMITS, type LimitName } from '@/lib/rate-limit/limits';
import { type Counter, countInPostgres } from '@/lib/rate-limit/postgres';
import { countInRedis } from '@/lib/rate-limit/upstash';
import { failure } from '@/lib/result';

/** Promises that one request is counted; fails with `too-many` and the seconds to wait. Without an answer from Redis, Postgres counts. */
export async function takeVolume(name: LimitName, scope: string, address: string) {
  const volume = await openVolume(name, scope, address);
  if (!volume.ok || !volume.counter) return volume;
  const wait = await countInPostgres(volume.counter, 1);
  return wait === undefined ? volume : tooMany(wait);
}

/** Promises Redis's word on one request, or else the counter that the caller moves by a statement of his own. Fails with `too-many`. */
export async function openVolume(name: LimitName, scope: string, address: string) {
  const key = keyOf(scope, address);
  const answer = env().UPSTASH_REDIS_REST_URL ? await countInRedis(name, key, 1) : undefined;
  if (!answer) return { ok: true, counter: counterOf(name, key) } as const;
  return answer.ok ? ({ ok: true, counter: null } as const) : tooMany(answer.retryAfter);
}

export function tooMany(retryAfter: number) {
  return failure('too-many', { retryAfter, minutes: Math.ceil(retryAfter / 60) });
}

/** Gives a counted request back: it was a good one. */
export async function giveBackVolume(name: LimitName, scope: string, address: string) {
  const key = keyOf(scope, address);
  const answer = env().UPSTASH_REDIS_REST_URL ? await countInRedis(name, key, -1) : undefined;
  if (!answer) await countInPostgres(counterOf(name, key), -1);
}

function keyOf(scope: string, address: string) {
  return `${scope}:${networkOf(address)}`;
}

function counterOf(name: LimitName, key: string): Counter {
  const { most, window } = LIMITS[name];
  return { key: `${name}:${key}`, window: window / 1000, most };
}

/** One client of IPv6 owns a whole /64, so its first four groups count. */
function networkOf(address: string) {
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
