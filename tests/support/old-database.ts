import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { inject, onTestFinished } from 'vitest';
import { copyDatabase } from '@/tests/support/cluster';

/**
 * What the dump tests/db/before-baseline.sql holds: the demonstration of version 0.1.0, where
 * Dana has signed in once and Milo has a second factor.
 */
export const OLD = {
  secrets: 'k1:WGUB5pVQmIJ6XCL4tq30DaVxclSVzdDR6kUjsyDb+JM=',
  tenant: 'wickedsprockets',
  dana: { username: 'dana', password: 'copper kettle 201', lastAddress: '192.0.2.7' },
  milo: { username: 'milo', password: 'copper kettle 202', secret: 'M2HHCO645GJEBCPRZZPDN6RXETHDDNUI' },
};

/** Returns a new database without any table, dropped after the test. */
export async function emptyDatabase() {
  const database = await copyDatabase(inject('cluster'), `t_${randomBytes(6).toString('hex')}`, 'template0');
  onTestFinished(database.drop);
  return database;
}

/** Returns a database as version 0.1.0 left it, after `change` was run in it by its owner. */
export async function oldDatabase(change = '') {
  const database = await emptyDatabase();
  await asOwner(database.ownerUrl, (sql) =>
    sql.unsafe(`${readFileSync('tests/db/before-baseline.sql', 'utf8')}; set search_path = public; ${change}`),
  );
  return database;
}

/** Calls `work` on one connection and closes it. */
export async function asOwner<Value>(url: string, work: (sql: postgres.Sql) => PromiseLike<Value>) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
