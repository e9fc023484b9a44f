import { sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import type { Mail } from '@/lib/emails/mails';

/** A mail as it waits: links and passwords are made when it goes out, so that the queue holds no secret. */
type QueuedMail =
  | Exclude<Mail, { url: string } | { password: string }>
  | { kind: 'reset-link'; resetId: string }
  | { kind: 'administrator-reset'; resetId: string }
  | { kind: 'temporary-password'; resetId: string }
  | { kind: 'email-confirm'; tokenHash: string }
  | { kind: 'invitation'; tokenHash: string }
  | (Omit<Extract<Mail, { kind: 'sso-expiry' }>, 'url'> & { connectionId: string });

/** `to` overrides the user's address: the old one of a change. */
export type MailJob = { tenantId: string; userId: string; mail: QueuedMail; to?: string };

/** Queues a mail in the transaction of its cause: neither exists without the other. */
export async function queueMail(tx: Tx, job: MailJob) {
  await addJob(tx, 'mail', job);
}

/** Queues many mails at once. Each lets a mail that somebody waits for go first. */
export async function queueMails(tx: Tx, jobs: MailJob[]) {
  if (jobs.length === 0) return;
  await tx.execute(sql`select count(*) from graphile_worker.add_jobs(array(
    select ('mail', job, null, null, 12, null, 10, null)::graphile_worker.job_spec
    from json_array_elements(${JSON.stringify(jobs)}::text::json) as job))`);
}

/** Queues work of another kind the same way. */
export async function addJob(
  tx: Tx,
  task: 'mail' | 'reset-request' | 'saml-metadata' | 'audit-check' | 'import' | 'bulk',
  payload: object,
) {
  await tx.execute(sql`select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, max_attempts => 12)`);
}
