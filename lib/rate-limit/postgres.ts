import { statement } from '@/db';

/** A count of requests: `most` in every `window` seconds. */
export type Counter = { key: string; window: number; most: number };

/**
 * Moves counters by `by`, stopping at the first full one. Returns the seconds to wait, or undefined
 * within bounds.
 */
export async function countInPostgres(counters: Counter[], by: 1 | -1) {
  const [row] = await statement<{ wait: number | null }>('select count_volumes($1::text::json, $2) as wait', [
    JSON.stringify(counters),
    by,
  ]);
  return row?.wait ?? undefined;
}
