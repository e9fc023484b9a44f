import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, inject } from 'vitest';
import { copyDatabase } from '@/tests/support/cluster';

/** Every test file has a database of its own, named before anything of lib is loaded. */

const cluster = inject('cluster');
const database = await copyDatabase(cluster, `t_${randomBytes(6).toString('hex')}`);

Object.assign(process.env, {
  DATABASE_URL: database.appUrl,
  TEST_OWNER_URL: database.ownerUrl,
  TEST_ADMIN_URL: database.adminUrl,
  GATEHOUSE_SECRETS: cluster.secrets,
  GATEHOUSE_EMBEDDED: path.join(cluster.directory, 'mail', new URL(database.appUrl).pathname),
  // No server listens there: the tests connect to 127.0.0.1 and name the host. With https the
  // cookies are the real ones.
  PUBLIC_URL: 'https://gatehouse.test',
  LOG_LEVEL: 'error',
});

afterAll(async () => {
  // Loaded here only if the tests have loaded them: a file may put something else in their place.
  if (Symbol.for('gatehouse.database') in globalThis) await (await import('@/db')).closeDatabase(1);
  if (Symbol.for('gatehouse.hashing') in globalThis) {
    await (await import('@/lib/passwords/hashing')).closeHashing();
  }
  await database.drop();
});
