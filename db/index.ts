import type postgres from 'postgres';
import { guarded } from '@/db/guarded';
import { clientOf, newPipeline, type Parameter, pipelines, type Tx } from '@/db/pipeline';
import { connection, type Database } from '@/db/pools';

export { codeOf } from '@/db/guarded';
export { afterCommit, beforeCommit, lastStatement, type Tx } from '@/db/pipeline';
export { closeDatabase, type Database } from '@/db/pools';

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
  const pipeline = newPipeline();
  try {
    const result = await connection().db.transaction(async (tx) => {
      pipelines.set(tx, pipeline);
      // Not awaited first: the setting and the first statement travel together, in this order.
      const setting = clientOf(tx)
        .unsafe("select set_config('app.tenant', $1, true)", [tenantId], { prepare: true })
        .execute();
      const [, value] = await Promise.all([setting, work(tx)]);
      for (const step of pipeline.beforeCommit) await step();
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

/** Switches a transaction to the rows of this tenant. SQL functions may have chosen another. */
export async function switchTenant(tx: Tx, tenantId: string) {
  await statementIn(tx, "select set_config('app.tenant', $1, true)", [tenantId]);
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
