import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';
import { codeOf } from '@/db';
import { env } from '@/lib/env';
import { singleton } from '@/lib/singleton';

/** The request that runs; its id is in every line of the log. */
export const requestContext = singleton('requests', () => new AsyncLocalStorage<{ id: string }>());

/**
 * Returns the logger: one JSON line per event on standard output, with the request's id, no
 * secrets.
 */
export function log() {
  return singleton('log', openLog);
}

function openLog() {
  const settings: pino.LoggerOptions = {
    level: env().LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => ({ request: requestContext.getStore()?.id }),
  };
  // A request does not wait for its lines; what is still buffered is written at exit.
  const out = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 });
  process.once('exit', () => out.flushSync());
  return pino(settings, out);
}

/**
 * Returns what may be logged of an error: its name, code and place, and never the message of a
 * query, which holds its parameters.
 */
export function describe(error: unknown) {
  if (!(error instanceof Error)) return { name: typeof error };
  const at = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    code: codeOf(error),
    message: 'query' in error ? undefined : error.message,
    at: at?.trim(),
  };
}
