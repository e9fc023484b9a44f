import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';
import { codeOf } from '@/db';
import { env } from '@/lib/env';

const shared = globalThis as typeof globalThis & {
  gatehouseLog?: pino.Logger;
  gatehouseRequests?: AsyncLocalStorage<{ id: string }>;
};

/**
 * The request that runs, for its id in every line. The front and Next's bundles load this file
 * separately and share one storage.
 */
shared.gatehouseRequests ??= new AsyncLocalStorage();

export const requestContext = shared.gatehouseRequests;

/** Returns the logger: one JSON line per event on standard output, with the request's id and without secrets. */
export function log() {
  shared.gatehouseLog ??= open();
  return shared.gatehouseLog;
}

function open() {
  const settings: pino.LoggerOptions = {
    level: env().LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => ({ request: requestContext.getStore()?.id }),
  };
  // No request waits for the line that speaks of it; what is not yet written goes out at the end.
  const out = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 });
  process.once('exit', () => out.flushSync());
  return pino(settings, out);
}

/** Promises what may be written down of an error: its name, code and place. A query's message and parameters never come this far. */
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
