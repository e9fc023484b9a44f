import { statement } from '@/db';

/** What one address may ask for, counted in a table: `most` in every `window` seconds. */
export type Counter = { key: string; window: number; most: number };

/** Promises undefined where the count, moved by `by`, is within bounds, else the seconds to wait. */
export async function countInPostgres({ key, window, most }: Counter, by: 1 | -1) {
  const [row] = await statement<{ wait: number | null }>('select count_volume($1, $2, $3, $4) as wait', [
    key,
    window,
    most,
    by,
  ]);
  return row?.wait ?? undefined;
}
