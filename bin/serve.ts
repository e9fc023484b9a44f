import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import next from 'next';
import { answerAll, openServer, upgradeForDevelopment } from '@/bin/http-server';
import { listen } from '@/bin/listen';
import { closeDatabase } from '@/db';
import { watchClocks } from '@/lib/clock-skew';
import { env } from '@/lib/env';
import { startWorker } from '@/lib/jobs/worker';
import { describe, log } from '@/lib/log';
import { assertBreachedList } from '@/lib/passwords/breached';
import { closeHashing } from '@/lib/passwords/hashing';
import { front } from '@/lib/request/front';
import { seconds } from '@/lib/time';

/**
 * Serves the application and runs its worker. Returns the port, and `close`, which lets requests
 * finish.
 */
export async function serve({ dev }: { dev: boolean }) {
  await assertBreachedList();
  if (!dev) takeBuiltConfig();
  const server = openServer({ dev });
  // Next listens for upgrades on the server that it is given, or on the request's, and answers
  // none.
  const standIn = createServer();
  const app = next({ dev, port: env().PORT, hostname: 'localhost', httpServer: standIn });
  await app.prepare();
  process.env.__NEXT_PRIVATE_ORIGIN = NOWHERE;
  const listener = front(app.getRequestHandler(), dev);
  answerAll(server, listener);
  if (dev) upgradeForDevelopment(server, standIn, listener);
  const listening = await listen(server, env().PORT, Boolean(env().GATEHOUSE_EMBEDDED));
  const stopWatchingClocks = await watchClocks();
  const worker = await startWorker();
  // The driver and Next survive a lost connection, so an error outside a request is logged only.
  process.on('uncaughtException', (error) => log().error({ alert: 'uncaught', ...describe(error) }));
  process.on('unhandledRejection', (reason) => log().error({ alert: 'unhandled', ...describe(reason) }));
  return {
    port: listening.port,
    async close() {
      const closed = listening.close();
      server.closeIdleConnections();
      // An open page of the development server never lets go by itself.
      await Promise.race([closed, delay(dev ? 0 : seconds(8), undefined, { ref: false })]);
      server.closeAllConnections();
      stopWatchingClocks();
      await worker.stop();
      await app.close();
      await closeHashing();
      await closeDatabase();
    },
  };
}

/**
 * After an action's redirect Next fetches the next page from itself, under this origin: localhost,
 * which is another tenant's address or none, over TLS that we do not speak. From an address that
 * needs no connection comes no page, so the browser goes there itself.
 */
const NOWHERE = 'data:,';

/**
 * What the build has read of next.config.ts, as Next's own standalone server takes it: reading it
 * again would load a compiler of 50 MB.
 */
function takeBuiltConfig() {
  const built = JSON.parse(readFileSync('.next/required-server-files.json', 'utf8'));
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(built.config);
}
