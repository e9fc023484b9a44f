import { sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { minutes } from '@/lib/time';

type Task = 'reset-request' | 'saml-metadata' | 'audit-check' | 'import' | 'bulk';

/** The queue tries a job again with growing pauses: about a day for mail, half an hour for work. */
export const MAIL_ATTEMPTS = 12;

const WORK_ATTEMPTS = 8;

const URGENCY: Record<Task, number> = {
  'reset-request': 0,
  bulk: 3,
  import: 3,
  'audit-check': 3,
  'saml-metadata': 3,
};

/**
 * Long work goes one after the other, so that it never takes every place of the worker and mail
 * always has one.
 */
export const WORK_QUEUE = 'work';

/**
 * Queues work of another kind the same way. A `key` names it: what waits under the same key is
 * replaced.
 */
export async function addJob<Payload extends { tenantId: string }>(tx: Tx, task: Task, payload: Payload, key?: string) {
  const [place] = placesIn(URGENCY[task], payload.tenantId, 1);
  const isWork = task !== 'reset-request';
  await tx.execute(sql`select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, priority => ${place}::int,
    queue_name => ${isWork ? WORK_QUEUE : null}::text, max_attempts => ${isWork ? WORK_ATTEMPTS : MAIL_ATTEMPTS}::int,
    job_key => ${key ?? null}::text)`);
}

/** How many places a level of urgency has; priorities of the queue are small integers. */
const PLACES = 8000;

const SHARE_PERIOD = minutes(1);

const queued = { since: 0, counts: new Map<string, number>() };

/**
 * Returns priorities for a tenant's next jobs. The first job of a minute has the first place, the
 * next the second: however many jobs one tenant queues, another tenant's first ones go before most
 * of them.
 */
export function placesIn(urgency: number, tenantId: string, count: number) {
  const now = Date.now();
  if (now - queued.since > SHARE_PERIOD) {
    queued.since = now;
    queued.counts.clear();
  }
  const key = `${urgency}:${tenantId}`;
  const before = queued.counts.get(key) ?? 0;
  queued.counts.set(key, before + count);
  return Array.from({ length: count }, (_, at) => urgency * PLACES + Math.min(before + at, PLACES - 1));
}
