import { and, eq } from 'drizzle-orm';
import { statement, statementIn, type Tx, withTenant } from '@/db';
import { bulkChanges, imports } from '@/db/schema/user-administration';
import { queueMails } from '@/lib/emails/queue';
import { log } from '@/lib/log';
import { addJob } from '@/lib/queue/queue';

type Work = { tenantId: string; task: 'bulk' | 'import'; id: string };

/**
 * Queues running bulk changes and imports that no job waits for: the job was lost, or the tenant
 * was suspended. Ends as stopped what has failed at every attempt.
 */
export async function resumeUnfinished() {
  const unfinished = await statement<Work>('select tenant_id as "tenantId", task, id from unfinished_work()', []);
  if (unfinished.length === 0) return;
  const jobs = await statement<{ key: string; exhausted: boolean }>(
    `select key, attempts >= max_attempts and locked_at is null as exhausted from graphile_worker.jobs where key like 'bulk:%' or key like 'import:%'`,
    [],
  );
  const exhausted = new Map(jobs.map((job) => [job.key, job.exhausted]));
  for (const work of unfinished) {
    const isExhausted = exhausted.get(workKey(work));
    if (isExhausted === undefined) await withTenant(work.tenantId, (tx) => queueWork(tx, work));
    else if (isExhausted) await giveUp(work);
  }
}

/** Queues what waited while a tenant was suspended: bulk changes, imports, unsent invitations. */
export async function resumeTenantWork(tx: Tx, tenantId: string) {
  const found = await statementIn<Work>(
    tx,
    `select tenant_id as "tenantId", 'bulk' as task, id from bulk_changes where tenant_id = $1::uuid and state = 'running'
     union all select tenant_id, 'import', id from imports where tenant_id = $1::uuid and state = 'applying'`,
    [tenantId],
  );
  for (const work of found) await queueWork(tx, work);
  const unsent = await statementIn<{ userId: string; hash: string }>(
    tx,
    `select user_id as "userId", encode(token_hash, 'base64') as hash from invitations
     where tenant_id = $1::uuid and way = 'mail' and sent_at is null`,
    [tenantId],
  );
  await queueMails(
    tx,
    unsent.map(({ userId, hash }) => {
      const tokenHash = Buffer.from(hash, 'base64').toString('base64url');
      return { tenantId, userId, mail: { kind: 'invitation', tokenHash } };
    }),
  );
}

/** Queues the job of a bulk change or import; once, however often it is called. */
export async function queueWork(tx: Tx, work: Work) {
  const { tenantId, task, id } = work;
  await addJob(tx, task, { tenantId, ...(task === 'bulk' ? { bulkId: id } : { importId: id }) }, workKey(work));
}

function workKey({ task, id }: Work) {
  return `${task}:${id}`;
}

async function giveUp(work: Work) {
  const { tenantId, task, id } = work;
  const ended = { failure: 'gave-up', finishedAt: new Date() } as const;
  await withTenant(tenantId, async (tx) => {
    if (task === 'bulk')
      await tx
        .update(bulkChanges)
        .set({ ...ended, state: 'stopped' })
        .where(and(eq(bulkChanges.tenantId, tenantId), eq(bulkChanges.id, id), eq(bulkChanges.state, 'running')));
    else
      await tx
        .update(imports)
        .set({ ...ended, state: 'failed', done: 0 })
        .where(and(eq(imports.tenantId, tenantId), eq(imports.id, id), eq(imports.state, 'applying')));
    await statementIn(tx, 'select graphile_worker.remove_job($1)', [workKey(work)]);
  });
  log().error({ alert: 'work given up', task, tenant: tenantId, id });
}
