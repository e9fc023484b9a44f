import { Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis';
import { env } from '@/lib/env';
import type { Counter } from '@/lib/rate-limit/postgres';
import { seconds } from '@/lib/time';

/** How long Redis may take, in milliseconds, before its answer is given up. */
const PATIENCE = 250;

const limiters = new Map<string, Ratelimit>();

/**
 * Moves a counter in Redis. Returns undefined without an answer in time: the caller then counts in
 * Postgres.
 */
export async function countInRedis(counter: Counter, by: 1 | -1) {
  try {
    const patience = AbortSignal.timeout(PATIENCE);
    const answer = await Promise.race([limiterOf(counter).limit(counter.key, { rate: by }), aborted(patience)]);
    if (!answer || answer.reason === 'timeout') return undefined;
    if (answer.success) return { ok: true } as const;
    return { ok: false, retryAfter: Math.max(1, Math.ceil((answer.reset - Date.now()) / 1000)) } as const;
  } catch {
    return undefined;
  }
}

/**
 * Returns the limiter for a counter's bounds: there are a few of them, and a Ratelimit knows only
 * its own.
 */
function limiterOf({ most, window }: Counter) {
  const bounds = `${most}/${window}`;
  const known = limiters.get(bounds);
  if (known) return known;
  const redis = new Redis({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    retry: false,
    enableTelemetry: false,
  });
  const made = new Ratelimit({
    redis,
    limiter: Ratelimit.fixedWindow(most, `${seconds(window)} ms`),
    prefix: 'gatehouse',
    timeout: PATIENCE,
    ephemeralCache: false,
  });
  limiters.set(bounds, made);
  return made;
}

function aborted(signal: AbortSignal) {
  return new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
}
