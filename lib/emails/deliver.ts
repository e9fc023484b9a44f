import { createHash } from 'node:crypto';
import { env } from '@/lib/env';
import { deadline } from '@/lib/network/deadline';
import { isUnavailable, Unavailable } from '@/lib/result';
import { seconds } from '@/lib/time';
import { keepInMailbox } from './mailbox';
import type { OutgoingMail } from './mails';

/**
 * The provider will never take this mail: trying again is no use. Carries a code, never the
 * address.
 */
export class MailRefused extends Error {
  override name = 'MailRefused';
  constructor(readonly code: string) {
    super(`mail refused (${code})`);
  }
}

const PATIENCE = seconds(8);

/**
 * Hands an email to Resend, the SMTP server or the embedded mailbox, within 8 seconds.
 * Throws MailRefused where another try is no use, and Unavailable('mail') where it is.
 */
export async function deliver(mail: OutgoingMail, signal?: AbortSignal): Promise<void> {
  assertOneReader(mail);
  const { RESEND_API_KEY, SMTP_URL, GATEHOUSE_EMBEDDED } = env();
  const over = deadline(PATIENCE, signal);
  if (RESEND_API_KEY) return sendByResend(RESEND_API_KEY, mail, over);
  if (SMTP_URL) return sendBySmtp(SMTP_URL, mail, over);
  if (GATEHOUSE_EMBEDDED) return keepInMailbox(mail);
  throw new Unavailable('mail', 'not-configured');
}

// Stricter than RFC 5322: a list, a group, a quoted local part or a comment may name a second
// reader.
const ONE_ADDRESS = /^[^\s@<>()[\],;:\\"\p{C}]+@[^\s@<>()[\],;:\\"\p{C}]+$/u;

function assertOneReader({ to, from, subject, idempotencyKey }: OutgoingMail) {
  if (to.length > 254 || !ONE_ADDRESS.test(to)) throw new MailRefused('address');
  if (/\p{Cc}/u.test(from + subject + idempotencyKey)) throw new MailRefused('header');
  if (idempotencyKey.length < 1 || idempotencyKey.length > 256) throw new MailRefused('key');
}

async function sendByResend(apiKey: string, mail: OutgoingMail, signal: AbortSignal) {
  const { Resend } = await import('resend');
  const { idempotencyKey, ...payload } = mail;
  const { error } = await new Resend(apiKey).emails.send(payload, { idempotencyKey, signal });
  // The key was taken before with another body (a link made anew for a retry): that mail is on its
  // way.
  if (!error || error.name === 'invalid_idempotent_request') return;
  if (signal.aborted) throw new Unavailable('mail', 'deadline');
  // 422 is about this mail, unless it is about our own sender; 401, 403 and 429 pass when the
  // operator mends them.
  if (error.statusCode === 422 && error.name !== 'invalid_from_address') throw new MailRefused(error.name);
  throw new Unavailable('mail', error.name);
}

async function sendBySmtp(url: string, mail: OutgoingMail, signal: AbortSignal) {
  const { createTransport } = await import('nodemailer');
  const timeouts = {
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    dnsTimeout: PATIENCE,
  };
  const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  const { idempotencyKey, to, ...rest } = mail;
  const sending = transport.sendMail({ ...rest, to: { name: '', address: to }, messageId: messageId(mail) });
  try {
    await Promise.race([sending, aborted(signal)]);
  } catch (error) {
    sending.catch(() => undefined);
    throw smtpFailure(error);
  } finally {
    transport.close();
  }
}

function messageId({ idempotencyKey, from }: OutgoingMail) {
  const domain = /@([a-z0-9.-]+)/i.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40)}@${domain}>`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Unavailable('mail', 'deadline'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/**
 * SMTP says 5xx for ever and 4xx for now; a 5xx before the reader was named is about us, not about
 * this mail.
 */
function smtpFailure(error: unknown) {
  if (isUnavailable(error)) return error;
  const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
  const aboutReader = command === 'RCPT TO' || command === 'DATA';
  return aboutReader && responseCode !== undefined && responseCode >= 500
    ? new MailRefused(`smtp-${responseCode}`)
    : new Unavailable('mail', code ?? 'smtp');
}
