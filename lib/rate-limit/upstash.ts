import { Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis';
import { env } from '@/lib/env';
import { LIMITS, type LimitName } from '@/lib/rate-limit/limits';

/** How long Redis may take, in milliseconds, before its answer is given up. */
const PATIENCE = 250;

const limiters = new Map<LimitName, Ratelimit>();

/** Promises Redis's answer, or undefined where it has none in time: the caller then counts in Postgres, it never lets pass. */
export async function countInRedis(name: LimitName, key: string, by: 1 | -1) {
  try {
    const patience = AbortSignal.timeout(PATIENCE);
    const answer = await Promise.race([limiterOf(name).limit(key, { rate: by }), aborted(patience)]);
    if (!answer || answer.reason === 'timeout') return undefined;
    if (answer.success) return { ok: true } as const;
    return { ok: false, retryAfter: Math.max(1, Math.ceil((answer.reset - Date.now()) / 1000)) } as const;
  } catch {
    return undefined;
  }
}

function limiterOf(name: LimitName) {
  const known = limiters.get(name);
  if (known) return known;
  const redis = new Redis({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    retry: false,
    enableTelemetry: false,
  });
  const { most, window } = LIMITS[name];
  const made = new Ratelimit({
    redis,
    limiter: Ratelimit.fixedWindow(most, `${window} ms`),
    prefix: `gatehouse:${name}`,
    timeout: PATIENCE,
    ephemeralCache: false,
  });
  limiters.set(name, made);
  return made;
}

function aborted(signal: AbortSignal) {
  return new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
}
