import type postgres from 'postgres';
import { refusedWrite } from '@/db/guarded';
import type { Database } from '@/db/pools';

export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];
export type Parameter = string | boolean | number | Buffer | null;

/** Statements sent without waiting, their first failure, and what runs around the commit. */
type Pipeline = {
  failure: unknown;
  sent: Promise<unknown>[];
  beforeCommit: (() => Promise<void>)[];
  afterCommit: (() => void)[];
};

export const pipelines = new WeakMap<Tx, Pipeline>();

export function newPipeline(): Pipeline {
  return { failure: undefined, sent: [], beforeCommit: [], afterCommit: [] };
}

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

/**
 * Runs `step` in the transaction once its work is done, before the commit. Not run if the work
 * throws. Throws for a transaction that withTenant did not open.
 */
export function beforeCommit(tx: Tx, step: () => Promise<void>) {
  const pipeline = pipelines.get(tx);
  if (!pipeline) throw new Error('not a transaction of withTenant');
  pipeline.beforeCommit.push(step);
}

/** Runs `note` once the transaction is committed. */
export function afterCommit(tx: Tx, note: () => void) {
  pipelines.get(tx)?.afterCommit.push(note);
}

/** Returns the driver of a transaction. Drizzle would send its statements some ticks later. */
export function clientOf(tx: Tx) {
  return (tx as unknown as { session: { client: postgres.TransactionSql } }).session.client;
}
