import { randomInt } from 'node:crypto';
import { LONGEST_NAME } from '@/lib/person-form';
import type { Identity } from '@/lib/sso/answer';
import { plainText } from '@/lib/text';

/** Promises what a user created at his first sign-in is called, and usernames to try in turn: the first may be somebody else's. */
export function nameFor({ firstName, lastName }: Pick<Identity, 'firstName' | 'lastName'>, email: string) {
  const local = email.split('@', 1)[0] ?? '';
  const base = local.replace(/^[^a-z]+/, '').replace(/[^a-z0-9._@+-]/g, '') || 'user';
  const stem = (base.length < 2 ? `user.${base}` : base).slice(0, 56);
  return {
    usernames: [stem, ...Array.from({ length: 5 }, () => `${stem}${randomInt(100, 100_000)}`)],
    firstName: plain(firstName) || stem,
    lastName: plain(lastName),
  };
}

function plain(name: string | null) {
  return plainText(name ?? '', LONGEST_NAME).trim();
}
