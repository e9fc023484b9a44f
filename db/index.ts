import type postgres from 'postgres';
import { guarded, refusedWrite } from '@/db/guarded';
import { connection } from '@/db/pools';

export { codeOf } from '@/db/guarded';
export { closeDatabase } from '@/db/pools';

export type Database = ReturnType<typeof connection>['db'];
type Parameter = string | boolean | number | Buffer | null;
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];

/**
 * Runs `work` in one transaction that sees this tenant's rows only, and returns its result. Throws
 * Unavailable.
 */
export function withTenant<Value>(tenantId: string, work: (tx: Tx) => Promise<Value>): Promise<Value> {
  return guarded(() => transact(tenantId, work));
}

/**
 * Does the same for a long job: a statement may take as long as the whole, `deadline` milliseconds.
 * The job is not run again.
 */
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
    const result = await connection().db.transaction(async (tx) => {
      pipelines.set(tx, pipeline);
      // Not awaited first: the setting and the first statement travel together, in this order.
      const setting = clientOf(tx)
        .unsafe("select set_config('app.tenant', $1, true)", [tenantId], { prepare: true })
        .execute();
      const [, value] = await Promise.all([setting, work(tx)]);
      return value;
    });
    await Promise.all(pipeline.sent);
    for (const note of pipeline.afterCommit) note();
    return result;
  } catch (error) {
    // Every statement behind one that failed reports 25P02: the first failure is the cause.
    throw pipeline.failure ?? error;
  }
}

/** Switches the transaction to the rows of another tenant, for a change recorded at both. */
export async function goOnAs(tx: Tx, tenantId: string) {
  await statementIn(tx, "select set_config('app.tenant', $1, true)", [tenantId]);
}

/** Statements that were sent without waiting, their first failure, and what follows the commit. */
type Pipeline = { failure: unknown; sent: Promise<unknown>[]; afterCommit: (() => void)[] };

const pipelines = new WeakMap<Tx, Pipeline>();

/**
 * Sends a statement without waiting for its result, so that it travels with the commit. If it
 * fails, the transaction is rolled back and withTenant throws.
 */
export function lastStatement(tx: Tx, text: string, parameters: Parameter[]) {
  const pipeline = pipelines.get(tx);
  const sent = clientOf(tx).unsafe(text, parameters, { prepare: true }).execute();
  sent.catch((error) => {
    if (pipeline) pipeline.failure ??= refusedWrite(error);
  });
  pipeline?.sent.push(sent);
}

/** Runs `note` once the transaction is committed. */
export function afterCommit(tx: Tx, note: () => void) {
  pipelines.get(tx)?.afterCommit.push(note);
}

/** Returns the driver of a transaction. Drizzle would send its statements some ticks later. */
function clientOf(tx: Tx) {
  return (tx as unknown as { session: { client: postgres.TransactionSql } }).session.client;
}

/**
 * Runs `work` on the tables that belong to no tenant, and returns its result. Throws Unavailable.
 */
export function withoutTenant<Value>(work: (db: Database) => Promise<Value>): Promise<Value> {
  return guarded(() => work(connection().db));
}

/** Returns the rows of one prepared statement outside any transaction. Throws Unavailable. */
export function statement<Row>(text: string, parameters: Parameter[]): Promise<Row[]> {
  return queryRows(connection().client, text, parameters);
}

/** Does the same for the short look-ups of every request, over few connections. */
export function lookUp<Row>(text: string, parameters: Parameter[]): Promise<Row[]> {
  return queryRows(connection().lookUps, text, parameters);
}

function queryRows<Row>(client: postgres.Sql, text: string, parameters: Parameter[]): Promise<Row[]> {
  return guarded(async () => (await client.unsafe(text, parameters, { prepare: true })) as unknown as Row[]);
}

/** Does the same inside a transaction. Drizzle's own statements would be planned each time. */
export async function statementIn<Row>(tx: Tx, text: string, parameters: Parameter[]): Promise<Row[]> {
  return (await clientOf(tx).unsafe(text, parameters, { prepare: true })) as unknown as Row[];
}

/** Returns whether the database answers within its deadline. */
export async function isDatabaseUp() {
  try {
    await Promise.all([statement('select 1', []), lookUp('select 1', [])]);
    return true;
  } catch {
    return false;
  }
}
