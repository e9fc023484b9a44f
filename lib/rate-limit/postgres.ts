import { statement } from '@/db';

/** Counts in fixed windows by the database's clock, in one statement, so that concurrent requests cannot both be the last one. */
export async function countInPostgres(key: string, most: number, window: number, by: 1 | -1) {
  const [row] = await statement<{ count: number; left: number }>(
    `insert into volume_limits as v (key, "window", count)
     values ($1, floor(extract(epoch from now()) / $2) * $2, greatest($3, 0))
     on conflict (key, "window") do update set count = greatest(v.count + $3, 0)
     returning count, ceil("window" + $2 - extract(epoch from now()))::int as left`,
    [key, window / 1000, by],
  );
  if (!row || row.count <= most) return { ok: true } as const;
  return { ok: false, retryAfter: row.left } as const;
}
