import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type KeptMail = { id: string; at: string; to: string; subject: string; text: string; html: string };

/** Promises the newest mail to an address in the mailbox of an embedded server, as soon as it is there. */
async function mailTo(directory: string, to: string, subject = /./, deadline = 15_000): Promise<KeptMail> {
  const until = Date.now() + deadline;
  while (Date.now() < until) {
    const mail = mailsIn(directory).find((one) => one.to === to && subject.test(one.subject));
    if (mail) return mail;
    await delay(20);
  }
  throw new Error(`no mail to ${to} within ${deadline} ms`);
}

/** Promises every mail kept, newest first. */
export function mailsIn(directory: string): KeptMail[] {
  const folder = path.join(directory, 'mailbox');
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names
      .sort()
      .reverse()
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Promises the one address of ours that a mail names. */
export function linkIn({ text }: { text: string }) {
  const link = /https?:\/\/\S+\/(?:reset-password|confirm-email)\/[A-Za-z0-9_-]+/.exec(text)?.[0];
  if (!link) throw new Error(`no link in: ${text}`);
  return link;
}
