import { sql } from 'drizzle-orm';
import { statementIn, type Tx } from '@/db';
import { countMails } from '@/lib/emails/limits';
import { MAIL_LIMITS } from '@/lib/emails/mail-limits';
import type { Mail } from '@/lib/emails/mails';
import { minutes } from '@/lib/time';

/** A mail as it waits: links and passwords are made when it goes out, so that the queue holds no secret. */
type QueuedMail =
  | Exclude<Mail, { url: string } | { password: string }>
  | { kind: 'reset-link'; resetId: string }
  | { kind: 'administrator-reset'; resetId: string }
  | { kind: 'temporary-password'; resetId: string }
  | { kind: 'email-confirm'; tokenHash: string }
  | { kind: 'invitation'; tokenHash: string }
  | (Omit<Extract<Mail, { kind: 'sso-expiry' }>, 'url'> & { connectionId: string })
  | (Omit<Extract<Mail, { kind: 'sso-certificate' }>, 'url'> & { connectionId: string });

/** `to` overrides the user's address: the old one of a change. */
export type MailJob = { tenantId: string; userId: string; mail: QueuedMail; to?: string };

type Task = 'reset-request' | 'saml-metadata' | 'audit-check' | 'import' | 'bulk';

/** The queue tries a job again with growing pauses: about a day for mail, half an hour for work. */
const MAIL_ATTEMPTS = 12;
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
 * Queues a mail in the transaction of its cause: neither exists without the other. `senderId` is
 * who causes it, `known` that the browser is, which the tenant's limit does not count. Throws
 * TooManyMails, or leaves a notice out, where MAIL_LIMITS are reached.
 */
export async function queueMail(
  tx: Tx,
  job: MailJob,
  { senderId = null, known = false }: { senderId?: string | null; known?: boolean } = {},
) {
  const recipient = job.to ?? (await addressOf(tx, job));
  const parties = { recipient, senderId, tenantId: known ? null : job.tenantId };
  if (await countMails(tx, job.mail.kind, parties)) await queueMails(tx, [job]);
}

/** Queues many mails of one tenant, which the caller has counted. */
export async function queueMails(tx: Tx, jobs: MailJob[]) {
  const [first] = jobs;
  if (!first) return;
  const places = placesIn(MAIL_LIMITS[first.mail.kind].urgency, first.tenantId, jobs.length);
  const specs = jobs.map((payload, at) => ({ payload, key: keyOf(payload), priority: places[at] }));
  await tx.execute(sql`select count(*) from graphile_worker.add_jobs(array(
    select ('mail', payload, null, null, ${MAIL_ATTEMPTS}::int, key, priority, null)::graphile_worker.job_spec
    from json_to_recordset(${JSON.stringify(specs)}::text::json) as x(payload json, key text, priority int)))`);
}

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

/** An invitation is queued again when its tenant is opened again; under one key it is sent once. */
function keyOf({ mail }: MailJob) {
  return mail.kind === 'invitation' ? `invitation:${mail.tokenHash}` : null;
}

async function addressOf(tx: Tx, { tenantId, userId }: MailJob) {
  const [user] = await statementIn<{ email: string | null }>(
    tx,
    'select email from users where tenant_id = $1::uuid and id = $2::uuid',
    [tenantId, userId],
  );
  return user?.email ?? null;
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
function placesIn(urgency: number, tenantId: string, count: number) {
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
