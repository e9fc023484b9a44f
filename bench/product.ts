import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { type Embedded, startEmbedded } from '@/db/embedded';
import { migrate } from '@/db/migrate';
import { seconds } from '@/lib/time';
import { type App, startApp } from '@/tests/support/app';

/** A durable Postgres of its own. */
export type Database = Embedded;

/** Returns an empty database, which is removed when it is stopped. */
export async function startDatabase(): Promise<Database> {
  const wanted = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-'));
  // Postgres runs as another user where we are root, and must be able to pass through.
  chmodSync(wanted, 0o711);
  const clear = () => rmSync(wanted, { recursive: true, force: true });
  const database = await startEmbedded({ directory: wanted }).catch((error) => {
    clear();
    throw error;
  });
  return {
    ...database,
    async stop() {
      await database.stop();
      if (database.directory !== wanted) rmSync(database.directory, { recursive: true, force: true });
      clear();
    },
  };
}

/** The built product in production mode with every limit as it ships. */
export type Product = App & { database: Database; admin: postgres.Sql; memory: number; postmaster: number };

/**
 * Returns the product and its memory after it has stood idle; this process may use lib on the same
 * database afterwards.
 */
export async function startProduct(database: Database, memoryOf: (pid: number) => number): Promise<Product> {
  await migrate(database.ownerUrl, database.appUrl);
  Object.assign(process.env, {
    DATABASE_URL: database.appUrl,
    GATEHOUSE_SECRETS: database.secrets,
    PUBLIC_URL: 'https://gatehouse.test',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'Gatehouse <no-reply@gatehouse.test>',
    LOG_LEVEL: 'error',
  });
  const app = await startApp({ HASHING_THREADS: undefined, NEXT_TELEMETRY_DISABLED: '1' });
  await delay(seconds(15));
  const memory = memoryOf(app.pid);
  const admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  return {
    ...app,
    database,
    admin,
    memory,
    postmaster: Number(readFileSync(path.join(database.directory, 'data/postmaster.pid'), 'utf8').split('\n')[0]),
    async stop() {
      await admin.end({ timeout: 1 });
      await app.stop();
    },
  };
}
