import { Unavailable } from '@/lib/result';
import { seconds } from '@/lib/time';

// A hung database must produce a 503 within six seconds; the rest is for drawing the page.
const DEADLINE = seconds(4);

/**
 * Returns what `work` returns within `deadline` milliseconds, and runs it again after a deadlock,
 * at most `most` times in all. Throws Unavailable for an outage, and QueryFailed.
 */
export async function guarded<Value>(
  work: () => Promise<Value>,
  { deadline = DEADLINE, most = 3 } = {},
): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return await withDeadline(work(), deadline);
    } catch (error) {
      const code = codeOf(error);
      if (code && RETRYABLE.has(code) && tries < most) continue;
      if (code && (isOutage(code) || RETRYABLE.has(code))) throw new Unavailable('database', code);
      throw code && isQueryError(error) ? new QueryFailed(code) : error;
    }
  }
}

async function withDeadline<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable('database', 'deadline')), ms);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** A refused statement. Drizzle's own error has the parameters in its message, which logs print. */
class QueryFailed extends Error {
  override name = 'QueryFailed';
  constructor(readonly code: string) {
    super(`the database refused a statement (${code})`);
  }
}

/** Returns the error of a refused last statement: an outage, unless the work can run again. */
export function refusedWrite(error: unknown) {
  const code = codeOf(error);
  return code && RETRYABLE.has(code) ? error : new Unavailable('database', code);
}

function isQueryError(error: unknown) {
  return error instanceof Error && ('query' in error || error.name === 'PostgresError');
}

/** Serialization failure and deadlock: the transaction left nothing and can run again. */
const RETRYABLE = new Set(['40001', '40P01']);

/** Returns the SQLSTATE or the driver's code, which Drizzle keeps in the error's cause. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
}

function isOutage(code: string) {
  return (
    /^(08|53|57|58|XX)/.test(code) ||
    code === '55P03' ||
    code === '25P03' ||
    code === '25006' ||
    /^(CONNECT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENOENT)/.test(code)
  );
}
