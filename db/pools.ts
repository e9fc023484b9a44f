import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { env } from '@/lib/env';
import { singleton } from '@/lib/singleton';

/** Deadlines of every connection, in milliseconds. Postgres finds a deadlock after one second. */
const TIMEOUTS = { statement_timeout: 3000, lock_timeout: 1500, idle_in_transaction_session_timeout: 10_000 };
const POOL_SIZE = 8;
// Look-ups share few connections, so that under load they travel together: waking more backends
// costs more than it saves.
const LOOK_UP_CONNECTIONS = 2;

const shared = singleton<{ pools?: ReturnType<typeof connect> }>('database', () => ({}));

/** Returns the pools of this process, opened on first use. */
export function connection() {
  shared.pools ??= connect(env().DATABASE_URL);
  return shared.pools;
}

export type Database = ReturnType<typeof connection>['db'];

/** Ends the pools, giving running statements `timeout` seconds. */
export async function closeDatabase(timeout = 5) {
  const { client, lookUps } = shared.pools ?? {};
  await Promise.all([client?.end({ timeout }), lookUps?.end({ timeout })]);
  shared.pools = undefined;
}

function connect(url: string) {
  const client = pool(url, POOL_SIZE);
  return { client, lookUps: pool(url, LOOK_UP_CONNECTIONS), db: drizzle(client) };
}

function pool(url: string, max: number) {
  return postgres(url, {
    max,
    connect_timeout: 3,
    idle_timeout: 0,
    max_lifetime: null,
    backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 1),
    onnotice: () => {},
    connection: { application_name: 'gatehouse', search_path: 'public, pg_temp', ...TIMEOUTS } as Record<
      string,
      string | number
    >,
  });
}
