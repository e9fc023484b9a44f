import { sql } from 'drizzle-orm';
import { statementIn, type Tx } from '@/db';
import { countMails } from '@/lib/emails/limits';
import { MAIL_LIMITS } from '@/lib/emails/mail-limits';
import type { Mail } from '@/lib/emails/mails';
import { MAIL_ATTEMPTS, placesIn } from '@/lib/queue/queue';

/**
 * A mail as it waits: links and passwords are made when it goes out, so that the queue holds no
 * secret.
 */
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
