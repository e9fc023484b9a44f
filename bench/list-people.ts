import { percentile } from '@/bench/report';
import { findTenant } from '@/lib/tenants/tenants';
import type { Filter } from '@/lib/users/filters';
import { listUsers, type Sort } from '@/lib/users/list';

/**
 * A process of its own on the database of many people: it asks for pages as the list does, from the
 * first on or from deep within.
 */

/** So many people lie before a page from deep within, and so many at a time are gone past. */
const DEEP = 60_000;
const STEP = 4000;

export type Question = { filter: Filter; sort: Sort; deep: boolean; times: number };
export type Answer = { p50: number; p95: number; total: number };

process.on('disconnect', () => process.exit(0));
process.on('message', async (question: Question) => process.send?.(await answer(question)));

async function answer({ filter, sort, deep, times }: Question): Promise<Answer> {
  const tenant = await findTenant('crowd');
  if (!tenant) throw new Error('no crowd');
  let after: string | undefined;
  for (let skipped = 0; deep && skipped < DEEP; skipped += STEP)
    after = (await listUsers(tenant, { ...filter, sort, after, limit: STEP })).next ?? after;
  const latencies: number[] = [];
  let total = 0;
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    const page = await listUsers(tenant, { ...filter, sort, after, limit: 25 });
    latencies.push(performance.now() - started);
    if (page.users.length === 0) throw new Error('an empty page');
    total = page.total;
  }
  // The first ones are those of a connection that knows nothing yet.
  const warm = latencies.slice(times / 4);
  return { p50: percentile(warm, 50), p95: percentile(warm, 95), total };
}
