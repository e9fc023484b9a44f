import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type KeptMail = { id: string; at: string; to: string; subject: string; text: string; html: string };

/** Returns every mail kept, newest first. */
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

/** Returns the one address of ours that a mail names. */
export function linkIn({ text }: { text: string }) {
  const link = /https?:\/\/\S+\/(?:reset-password|confirm-email)\/[A-Za-z0-9_-]+/.exec(text)?.[0];
  if (!link) throw new Error(`no link in: ${text}`);
  return link;
}
