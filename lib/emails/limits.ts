import { statementIn, type Tx } from '@/db';
import { keyedDigest } from '@/lib/crypto';
import { MAIL_LIMITS } from '@/lib/emails/mail-limits';
import type { MailKind } from '@/lib/emails/mails';
import { failure } from '@/lib/result';

/** The senders and recipients of mails; a missing one is not counted. */
export type MailParties = { tenantId: string | null; senderId: string | null; recipient: string | null };

/**
 * Thrown where no more mails of a kind may be queued, so that the change that causes one is undone.
 */
class TooManyMails extends Error {
  override name = 'TooManyMails';
  constructor(readonly retryAfter: number) {
    super('too many mails');
  }
}

/**
 * Returns a handler that makes a failure `too-many-mails`, at a field where one is named, of
 * TooManyMails and throws the rest.
 */
export function mailFailure(field?: string) {
  return (error: unknown) => {
    if (!(error instanceof TooManyMails)) throw error;
    const { retryAfter } = error;
    const minutes = Math.ceil(retryAfter / 60);
    return failure('too-many-mails', { retryAfter, minutes, ...(field ? { field } : {}) });
  };
}

/**
 * Counts mails of one kind in the transaction that queues them. Returns false where the limit is
 * reached and a mail of this kind is left out then; throws TooManyMails where it is refused.
 */
export async function countMails(tx: Tx, kind: MailKind, parties: MailParties, count = 1): Promise<boolean> {
  const { full } = MAIL_LIMITS[kind];
  const counters = countersOf(kind, parties);
  const [row] = await statementIn<{ wait: number | null }>(tx, 'select count_volumes($1::text::json, $2) as wait', [
    JSON.stringify(counters),
    count,
  ]);
  const wait = row?.wait ?? null;
  if (wait !== null && full === 'refuse') throw new TooManyMails(wait);
  return wait === null;
}

function countersOf(kind: MailKind, { tenantId, senderId, recipient }: MailParties) {
  const limits = MAIL_LIMITS[kind];
  // The counters hold a digest in the place of the address.
  const mailbox = recipient && keyedDigest('identifier', 'mail', recipient.toLowerCase()).toString('hex').slice(0, 32);
  const named = { recipient: mailbox, sender: senderId, tenant: tenantId };
  return (['recipient', 'sender', 'tenant'] as const).flatMap((level) => {
    const [limit, name] = [limits[level], named[level]];
    return limit && name
      ? [{ key: `mail:${kind}:${level}:${name}`, window: limit.window / 1000, most: limit.most }]
      : [];
  });
}
