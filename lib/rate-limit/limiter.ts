import { env } from '@/lib/env';
import { LIMITS, type LimitName, PER_SITE, type TenantLimitName } from '@/lib/rate-limit/limits';
import { networksOf } from '@/lib/rate-limit/networks';
import { type Counter, countInPostgres } from '@/lib/rate-limit/postgres';
import { countInRedis } from '@/lib/rate-limit/upstash';
import { failure, isHanging, isUnavailable } from '@/lib/result';

/**
 * Counts one request of an address; fails with `too-many` and the seconds to wait. Where Redis
 * gives no answer, Postgres counts.
 */
export async function takeVolume(name: LimitName, scope: string, address: string) {
  const volume = await openVolume(name, scope, address);
  if (!volume.ok || volume.counters.length === 0) return volume;
  const wait = await countInPostgres(volume.counters, 1);
  return wait === undefined ? volume : tooMany(wait);
}

/** A limit's scope, such as a tenant's id, and the client's address. */
type VolumeKey = readonly [scope: string, address: string];
type TooMany = ReturnType<typeof tooMany>;

/**
 * Runs `work` for a request that a limit counts, and gives the request back if an outage ends it.
 * Returns `tooMany`, or what `onFull` returns, without running anything if the limit is reached.
 */
export async function within<Value>(
  limit: LimitName,
  key: VolumeKey,
  work: () => Promise<Value>,
): Promise<Value | TooMany>;
export async function within<Value, Full>(
  limit: LimitName,
  key: VolumeKey,
  work: () => Promise<Value>,
  onFull: () => Full,
): Promise<Value | Full>;
export async function within<Value>(
  limit: LimitName,
  [scope, address]: VolumeKey,
  work: () => Promise<Value>,
  onFull?: () => unknown,
) {
  const volume = await takeVolume(limit, scope, address);
  if (!volume.ok) return onFull ? onFull() : volume;
  return returnOnOutage([limit, scope, address], work);
}

/**
 * Counts one request in Redis, or returns the counters for the caller's own statement to move.
 * Fails with `too-many`.
 */
export async function openVolume(name: LimitName, scope: string, address: string) {
  const counters = countersOf(name, scope, address);
  for (const [at, counter] of env().UPSTASH_REDIS_REST_URL ? counters.entries() : []) {
    const answer = await countInRedis(counter, 1);
    if (!answer) return { ok: true, counters: counters.slice(at) } as const;
    if (!answer.ok) return tooMany(answer.retryAfter);
  }
  return { ok: true, counters: env().UPSTASH_REDIS_REST_URL ? [] : counters } as const;
}

export function tooMany(retryAfter: number) {
  return failure('too-many', { retryAfter, minutes: Math.ceil(retryAfter / 60) });
}

/** Gives a counted request back: its answer was right, or nothing was checked. */
export async function giveBackVolume(name: LimitName, scope: string, address: string) {
  for (const counter of countersOf(name, scope, address)) {
    const answer = env().UPSTASH_REDIS_REST_URL ? await countInRedis(counter, -1) : undefined;
    if (!answer) await countInPostgres([counter], -1);
  }
}

/**
 * Runs what an address was counted for. Where it ends in an outage the request is given back: our
 * failure counts for nobody.
 */
export async function returnOnOutage<Value>(
  [name, scope, address]: Readonly<Parameters<typeof giveBackVolume>>,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const given = isUnavailable(error) ? giveBackVolume(name, scope, address).catch(() => undefined) : undefined;
    // If the database does not answer, do not wait for it again.
    if (!isHanging(error)) await given;
    throw error;
  }
}

/**
 * Returns the counter of a whole tenant, for browsers that the user has not signed in from before.
 * It is always kept in Postgres: which browsers those are, only the statement that takes the try
 * knows.
 */
export function tenantCounter(name: TenantLimitName, scope: string): Counter {
  const { tenant, window } = LIMITS[name];
  return { key: `${name}:${scope}:tenant`, window: window / 1000, most: tenant };
}

/** Returns the failure for a full counter of a tenant: a known browser is not counted there. */
export function tenantBusy(retryAfter: number) {
  return failure('tenant-busy', { retryAfter, minutes: Math.ceil(retryAfter / 60) });
}

/** Returns the counters of an address, narrowest first; their keys sort in the same order. */
function countersOf(name: LimitName, scope: string, address: string): Counter[] {
  const { most, window } = LIMITS[name];
  const { client, site } = networksOf(address);
  const counter = (level: string, limit: number) => ({
    key: `${name}:${scope}:${level}`,
    window: window / 1000,
    most: limit,
  });
  return [
    counter(`address:${client}`, most),
    ...(site === undefined ? [] : [counter(`network:${site}`, most * PER_SITE)]),
  ];
}
