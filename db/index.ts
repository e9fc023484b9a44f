import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { env } from '@/lib/env';
import { Unavailable } from '@/lib/result';
import { seconds } from '@/lib/time';

/** Deadlines of every connection, in milliseconds (`connect_timeout` in seconds). */
// A circle of locks is found by Postgres after one second and run again; whoever waits for a lock longer than that waits in vain.
const TIMEOUTS = { statement_timeout: 3000, lock_timeout: 1500, idle_in_transaction_session_timeout: 10_000 };
// Whoever meets a database that hangs is to have his 503 within six seconds: behind this, pages for everybody are still to be drawn.
const DEADLINE = seconds(4);
const POOL_SIZE = 8;
// What every request looks up goes over few connections, so that under load it travels together: waking ten backends costs more than asking.
const LOOK_UP_CONNECTIONS = 2;

export type Database = ReturnType<typeof connect>['db'];
type Parameter = string | boolean | number | Buffer | null;
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];

// Next bundles pages, routes and the server's own entry apart; one pool must serve them all.
const shared = globalThis as typeof globalThis & { gatehouseDatabase?: ReturnType<typeof connect> };

/** Promises what `work` returns, in one transaction that sees this tenant's rows and no others. Throws Unavailable. */
export function withTenant<Value>(tenantId: string, work: (tx: Tx) => Promise<Value>): Promise<Value> {
  return guarded(() => transact(tenantId, work));
}

/** The same for a job that takes its time: each statement may take as long as all of it, `deadline` milliseconds. Run once. */
export function withTenantAtLength<Value>(
  tenantId: string,
  deadline: number,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  return guarded(
    () =>
      transact(tenantId, async (tx) => {
        await clientOf(tx).unsafe("select set_config('statement_timeout', $1, true)", [String(deadline)]);
        return work(tx);
      }),
    { deadline, most: 1 },
  );
}

async function transact<Value>(tenantId: string, work: (tx: Tx) => Promise<Value>): Promise<Value> {
  const pipeline: Pipeline = { failure: undefined, sent: [], afterCommit: [] };
  try {
    const done = await connection().db.transaction(async (tx) => {
      pipelines.set(tx, pipeline);
      // Sent now but not awaited first: the setting and the first statement travel together, in
      // this order.
      const setting = clientOf(tx)
        .unsafe("select set_config('app.tenant', $1, true)", [tenantId], { prepare: true })
        .execute();
      const [, value] = await Promise.all([setting, work(tx)]);
      return value;
    });
    await Promise.all(pipeline.sent);
    for (const note of pipeline.afterCommit) note();
    return done;
  } catch (error) {
    // Every statement behind one that failed reports 25P02: the first failure is the cause.
    throw pipeline.failure ?? error;
  }
}

/** From here on the transaction sees this tenant's rows and no others: what one change tells two tenants of. */
export async function goOnAs(tx: Tx, tenantId: string) {
  await statementIn(tx, "select set_config('app.tenant', $1, true)", [tenantId]);
}

/**
 * What a transaction has sent without waiting, the first failure among it, and what is to be done
 * once it is committed.
 */
type Pipeline = { failure: unknown; sent: Promise<unknown>[]; afterCommit: (() => void)[] };

const pipelines = new WeakMap<Tx, Pipeline>();

/**
 * Sends a statement whose answer nobody in the transaction waits for, so that it travels with the commit. Where it fails,
 * the commit is a roll-back and withTenant throws.
 */
export function lastStatement(tx: Tx, text: string, parameters: Parameter[]) {
  const pipeline = pipelines.get(tx);
  const sent = clientOf(tx).unsafe(text, parameters, { prepare: true }).execute();
  sent.catch((error) => {
    if (pipeline) pipeline.failure ??= refusedWrite(error);
  });
  pipeline?.sent.push(sent);
}

/** Runs `note` once the transaction is committed, and never where it is rolled back. */
export function afterCommit(tx: Tx, note: () => void) {
  pipelines.get(tx)?.afterCommit.push(note);
}

/** The driver beneath a transaction: Drizzle's own statements are sent some steps later than they are written. */
function clientOf(tx: Tx) {
  return (tx as unknown as { session: { client: postgres.TransactionSql } }).session.client;
}

/** Promises what `work` returns, on the tables that belong to no tenant. Throws Unavailable. */
export function withoutTenant<Value>(work: (db: Database) => Promise<Value>): Promise<Value> {
  return guarded(() => work(connection().db));
}

/** Promises the rows of one prepared statement outside any transaction. */
export function statement<Row>(text: string, parameters: Parameter[]): Promise<Row[]> {
  return ask(connection().client, text, parameters);
}

/** The same for what every request looks up, and which is soon done: such statements wait for each other. */
export function lookUp<Row>(text: string, parameters: Parameter[]): Promise<Row[]> {
  return ask(connection().lookUps, text, parameters);
}

function ask<Row>(client: postgres.Sql, text: string, parameters: Parameter[]): Promise<Row[]> {
  return guarded(async () => (await client.unsafe(text, parameters, { prepare: true })) as unknown as Row[]);
}

/** The same inside a transaction: prepared once per connection, where Drizzle's own are planned each time. */
export async function statementIn<Row>(tx: Tx, text: string, parameters: Parameter[]): Promise<Row[]> {
  return (await clientOf(tx).unsafe(text, parameters, { prepare: true })) as unknown as Row[];
}

/** Promises whether the database answers within its deadline. */
export async function isDatabaseUp() {
  try {
    await Promise.all([statement('select 1', []), lookUp('select 1', [])]);
    return true;
  } catch {
    return false;
  }
}

/** Ends the pools, giving running statements `timeout` seconds. */
export async function closeDatabase(timeout = 5) {
  const { client, lookUps } = shared.gatehouseDatabase ?? {};
  await Promise.all([client?.end({ timeout }), lookUps?.end({ timeout })]);
  shared.gatehouseDatabase = undefined;
}

function connection() {
  shared.gatehouseDatabase ??= connect(env().DATABASE_URL);
  return shared.gatehouseDatabase;
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

async function guarded<Value>(work: () => Promise<Value>, { deadline = DEADLINE, most = 3 } = {}): Promise<Value> {
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
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable('database', 'deadline')), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** A statement that the database refused. Drizzle's own error holds the parameters in its message, and every log would print them. */
class QueryFailed extends Error {
  override name = 'QueryFailed';
  constructor(readonly code: string) {
    super(`the database refused a statement (${code})`);
  }
}

/**
 * Returns what a refused last statement means: nothing was written, so that trying again later is
 * all that can be done.
 */
function refusedWrite(error: unknown) {
  const code = codeOf(error);
  return code && RETRYABLE.has(code) ? error : new Unavailable('database', code);
}

function isQueryError(error: unknown) {
  return error instanceof Error && ('query' in error || error.name === 'PostgresError');
}

/** Serialisation failure and deadlock: safe to run again, the transaction left nothing. */
const RETRYABLE = new Set(['40001', '40P01']);

/** Promises the SQLSTATE or driver code. Drizzle keeps it in the cause and puts the parameters in its message. */
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
