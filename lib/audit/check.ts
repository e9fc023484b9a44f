import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { auditChecks } from '@/db/schema/audit';
import { type Cause, record } from '@/lib/audit/record';
import { conclude } from '@/lib/audit/verify';
import { type Reached, startOf, verifyPage } from '@/lib/audit/verify-page';
import { addJob } from '@/lib/queue/queue';
import { seconds } from '@/lib/time';

/** Who asked waits for this long; what is longer goes on in a job. */
const AT_ONCE = seconds(2);
/** A job is taken from a process that has held it for a minute. */
const PER_JOB = seconds(15);

export type CheckJob = { tenantId: string; id: string };
export type Check = Pick<
  typeof auditChecks.$inferSelect,
  | 'state'
  | 'startedBy'
  | 'startedAt'
  | 'finishedAt'
  | 'fromSeq'
  | 'seq'
  | 'untilSeq'
  | 'bad'
  | 'badSeqs'
  | 'cutAt'
  | 'provedSeq'
>;

/** Starts to verify a whole chain, in place of any earlier check. A short one is done on return. */
export async function startCheck(tenantId: string, cause: Cause) {
  const start = await startOf(tenantId);
  const id = randomUUID();
  const started = {
    id,
    state: 'running',
    startedBy: cause.actorId,
    startedAt: new Date(),
    finishedAt: null,
    ...placeOf(start),
    untilSeq: start.seq,
    cutAt: null,
    provedSeq: null,
  } as const;
  await withTenant(tenantId, async (tx) => {
    await tx
      .insert(auditChecks)
      .values({ tenantId, ...started })
      .onConflictDoUpdate({ target: auditChecks.tenantId, set: started });
    record(tx, tenantId, cause, 'audit_check');
  });
  await carryOn({ tenantId, id }, start, AT_ONCE);
}

/** Goes on where the last job has stopped. One that another has replaced ends here. */
export async function continueCheck(job: CheckJob) {
  const [row] = await withTenant(job.tenantId, (tx) => tx.select().from(auditChecks).where(isRunning(job)));
  if (row) await carryOn(job, { ...row, from: row.fromSeq }, PER_JOB);
}

/** Returns the last check of a chain, or undefined. */
export async function findCheck(tenantId: string): Promise<Check | undefined> {
  const [row] = await withTenant(tenantId, (tx) =>
    tx.select().from(auditChecks).where(eq(auditChecks.tenantId, tenantId)),
  );
  return row;
}

async function carryOn(job: CheckJob, start: Reached, most: number) {
  const until = Date.now() + most;
  let reached = start;
  do {
    const step = await verifyPage(job.tenantId, reached);
    reached = step.reached;
    const place = { ...placeOf(reached), untilSeq: step.last };
    if (step.end) return finish(job, step, place);
    if (!(await saveCheck(job, place))) return;
  } while (Date.now() < until);
  await withTenant(job.tenantId, (tx) => addJob(tx, 'audit-check', job));
}

async function finish(job: CheckJob, step: Awaited<ReturnType<typeof verifyPage>>, place: Place) {
  const verdict = await conclude(job.tenantId, step);
  const finished = { ...place, finishedAt: new Date() };
  if (verdict.ok) await saveCheck(job, { ...finished, state: 'holds', provedSeq: verdict.proved });
  else await saveCheck(job, { ...finished, state: verdict.error, cutAt: verdict.cutAt });
}

type Place = Partial<typeof auditChecks.$inferInsert>;

function placeOf({ from: fromSeq, seq, mac, attested, bad, badSeqs }: Reached) {
  return { fromSeq, seq, mac, attested, bad, badSeqs };
}

/** Returns whether this check is still the last one that was requested. */
async function saveCheck(job: CheckJob, change: Partial<typeof auditChecks.$inferInsert>) {
  const rows = await withTenant(job.tenantId, (tx) =>
    tx.update(auditChecks).set(change).where(isRunning(job)).returning({ id: auditChecks.id }),
  );
  return rows.length > 0;
}

function isRunning({ tenantId, id }: CheckJob) {
  return and(eq(auditChecks.tenantId, tenantId), eq(auditChecks.id, id), eq(auditChecks.state, 'running'));
}
