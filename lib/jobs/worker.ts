import { Logger, type Runner, run } from 'graphile-worker';
import { statement } from '@/db';
import { logAuditEnds } from '@/lib/audit/anchor';
import { type CheckJob, continueCheck } from '@/lib/audit/check';
import { PROVIDER } from '@/lib/audit/provider';
import { purgeAudit } from '@/lib/audit/retention';
import type { MailJob } from '@/lib/emails/queue';
import { env } from '@/lib/env';
import { queueUrl } from '@/lib/environment/queue-url';
import { sendMail } from '@/lib/jobs/send-mail';
import { describe, log } from '@/lib/log';
import { deleteTenantsDue } from '@/lib/operators/tenants/delete';
import { type ResetRequestJob, runResetRequest } from '@/lib/passwords/reset/request';
import { findPolicy } from '@/lib/policies/find';
import { WORK_QUEUE } from '@/lib/queue/queue';
import { singleton } from '@/lib/singleton';
import { remindOfExpiries } from '@/lib/sso/connections/expiry';
import { type MetadataJob, queueRefreshes, runRefresh } from '@/lib/sso/saml/refresh';
import { findTenantById } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import { type BulkJob, runBulk } from '@/lib/users/bulk-run';
import { applyImport, type ImportJob } from '@/lib/users/import/apply';
import { resumeUnfinished } from '@/lib/users/unfinished';

/** Between emails, which users wait for, and users' own jobs. */
const CRON_PRIORITY = 10_000;

const shared = singleton<{ state?: { alive: boolean } }>('worker', () => ({}));

/** Starts the job worker of this process and returns how to stop it. */
export async function startWorker() {
  const state = { alive: false };
  shared.state = state;
  let stopped = false;
  let runner: Runner | undefined;
  const rescuing = setInterval(rescue, seconds(20)).unref();
  const attempt = async () => {
    try {
      await rescue();
      runner = await run({
        connectionString: queueUrl(env().DATABASE_URL),
        concurrency: 2,
        maxPoolSize: 3,
        pollInterval: 2000,
        noHandleSignals: true,
        noPreparedStatements: false,
        taskList,
        crontab: CRONTAB,
        logger: queueLogger(),
      });
      state.alive = true;
      runner.events.on('pool:listen:error', () => {
        state.alive = false;
      });
      runner.events.on('pool:listen:success', () => {
        state.alive = true;
      });
      runner.promise
        .catch(() => undefined)
        .finally(() => {
          state.alive = false;
          if (!stopped) setTimeout(attempt, seconds(5));
        });
    } catch (error) {
      log().error({ alert: 'worker did not start', ...describe(error) });
      if (!stopped) setTimeout(attempt, seconds(5));
    }
  };
  await attempt();
  return {
    async stop() {
      stopped = true;
      clearInterval(rescuing);
      await runner?.stop().catch(() => undefined);
    },
  };
}

/** Returns whether the worker of this process runs, for /api/health. */
export function isWorkerAlive() {
  return shared.state?.alive ?? false;
}

/**
 * Unlocks jobs that are locked for over a minute: no job takes that long, so their process died.
 */
async function rescue() {
  await statement(
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from graphile_worker.jobs
     where locked_at < now() - interval '1 minute' having count(*) > 0`,
    [],
  ).catch((error) => log().error({ alert: 'jobs not rescued', ...describe(error) }));
}

/** All but the anchor share one queue, so that they run one at a time. */
const CRONTAB = [
  ['5 * * * *', 'delete-tenants'],
  ['*/10 * * * *', 'purge'],
  ['*/2 * * * *', 'resume-unfinished'],
  ['20 * * * *', 'expiries'],
  ['40 3 * * *', 'saml-refresh'],
  ['10 4 * * *', 'audit-retention'],
]
  .map(([when, task]) => `${when} ${task} ?queue=${WORK_QUEUE}&priority=${CRON_PRIORITY}`)
  .concat('*/10 * * * * anchor')
  .join('\n');

const taskList = {
  mail: safely(async (payload, jobId) => sendMail(payload as MailJob, jobId)),
  'reset-request': safely(async (payload) => {
    const job = payload as ResetRequestJob;
    const tenant = await findTenantById(job.tenantId);
    if (tenant) await runResetRequest(tenant, await findPolicy(tenant), job);
  }),
  import: safely(async (payload) => {
    const { tenantId, importId } = payload as ImportJob;
    const tenant = await findTenantById(tenantId);
    if (tenant) await applyImport(tenant, importId);
  }),
  bulk: safely(async (payload) => {
    const { tenantId, bulkId } = payload as BulkJob;
    const tenant = await findTenantById(tenantId);
    if (tenant) await runBulk(tenant, bulkId);
  }),
  anchor: safely(logAuditEnds),
  expiries: safely(() => remindOfExpiries()),
  'saml-refresh': safely(queueRefreshes),
  'saml-metadata': safely((payload) => runRefresh(payload as MetadataJob)),
  'audit-check': safely((payload) => continueCheck(payload as CheckJob)),
  'audit-retention': safely(purgeAudit),
  'delete-tenants': safely(deleteTenantsDue),
  'resume-unfinished': safely(resumeUnfinished),
  purge: safely(async () => {
    for (const { id } of await statement<{ id: string }>('select id from tenants', [])) {
      await statement('select purge_expired($1)', [id]);
      await statement('select purge_people($1)', [id]);
      await statement('select purge_phone_calls($1)', [id]);
    }
    await statement('select purge_expired($1)', [PROVIDER]);
    await statement('select purge_operators()', []);
    await statement(`delete from volume_limits where "window" < extract(epoch from now() - interval '1 day')`, []);
  }),
};

/** Throws errors without a query's message, whose parameters the queue would store and print. */
function safely(task: (payload: unknown, jobId: string) => Promise<void>) {
  return async (payload: unknown, { job }: { job: { id: string; task_identifier: string } }) => {
    try {
      await task(payload, job.id);
    } catch (error) {
      const details = describe(error);
      log().warn({ alert: 'job failed', task: job.task_identifier, job: job.id, ...details });
      throw new Error([details.name, details.code].filter(Boolean).join(' '));
    }
  };
}

/** Writes the queue's own warnings and errors to our log. */
function queueLogger() {
  return new Logger(() => (level, message) => {
    if (level === 'error' || level === 'warning') log().warn({ queue: message.slice(0, 300) });
  });
}
