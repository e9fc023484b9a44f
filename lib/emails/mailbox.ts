import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { env } from '@/lib/env';
import type { OutgoingMail } from './mails';

const sentMail = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
});

/** A mail that was kept instead of sent. `at` is when, in ISO 8601. */
export type SentMail = z.infer<typeof sentMail>;

/** There is no mailbox on a database of your own: mail leaves by Resend or SMTP. */
class NotEmbedded extends Error {
  override name = 'NotEmbedded';
}

/** How many mails the mailbox shows; older ones stay on disk. */
export const MAILBOX_SHOWS = 200;

/** Returns whether this server keeps emails instead of sending them. */
export function hasMailbox(): boolean {
  return Boolean(env().GATEHOUSE_EMBEDDED);
}

/** Returns the kept emails, newest first, at most 200. Throws NotEmbedded. */
export async function listMailbox(): Promise<SentMail[]> {
  const ids = (await idsIn(mailboxDirectory())).sort().reverse().slice(0, MAILBOX_SHOWS);
  const mails = await Promise.all(ids.map(readMailbox));
  return mails.filter((mail) => mail !== null);
}

/** Returns one kept email, or null. Throws NotEmbedded. */
export async function readMailbox(id: string): Promise<SentMail | null> {
  const directory = mailboxDirectory();
  if (!ID.test(id)) return null;
  try {
    return sentMail.parse(JSON.parse(await readFile(path.join(directory, `${id}.json`), 'utf8')));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Keeps an email, once per key. Throws NotEmbedded. */
export function keepInMailbox(mail: OutgoingMail): Promise<void> {
  const kept = keeping.then(() => keep(mail));
  keeping = kept.catch(() => undefined);
  return kept;
}

// One at a time: two mails of one key would both find the mailbox without it.
let keeping: Promise<void> = Promise.resolve();

const ID = /^\d{8}T\d{9}Z-[0-9a-f]{16}$/;

async function keep({ idempotencyKey, ...mail }: OutgoingMail) {
  const directory = mailboxDirectory();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16);
  const at = new Date().toISOString();
  const id = (await idsIn(directory)).find((known) => known.endsWith(key)) ?? `${at.replace(/[-:.]/g, '')}-${key}`;
  const file = path.join(directory, `${id}.json`);
  await writeFile(`${file}.new`, JSON.stringify({ id, at, ...mail }), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function idsIn(directory: string) {
  try {
    return (await readdir(directory)).map((name) => name.replace(/\.json$/, '')).filter((id) => ID.test(id));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function mailboxDirectory() {
  const { GATEHOUSE_EMBEDDED } = env();
  if (!GATEHOUSE_EMBEDDED) throw new NotEmbedded('this server keeps no mail');
  return path.join(/* turbopackIgnore: true */ GATEHOUSE_EMBEDDED, 'mailbox');
}

function isMissing(error: unknown) {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
