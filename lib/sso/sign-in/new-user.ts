import { randomInt } from 'node:crypto';
import type { Identity } from '@/lib/sso/answer';
import { plainText } from '@/lib/text';
import { isName, LONGEST_NAME, replaceInvisible } from '@/lib/users/form';

/**
 * Returns the names of a user created at the first sign-in, and usernames to try in order, since
 * the first may be in use.
 */
export function nameFor({ firstName, lastName }: Pick<Identity, 'firstName' | 'lastName'>, email: string) {
  const local = email.split('@', 1)[0] ?? '';
  const base = local.replace(/^[^a-z]+/, '').replace(/[^a-z0-9._@+-]/g, '') || 'user';
  const stem = (base.length < 2 ? `user.${base}` : base).slice(0, 56);
  return {
    usernames: [stem, ...Array.from({ length: 5 }, () => `${stem}${randomInt(100, 100_000)}`)],
    firstName: permitted(firstName) || permitted(stem) || permitted(stem.replace(/[^a-z0-9]+/g, ' ')) || 'User',
    lastName: permitted(lastName),
  };
}

/**
 * Returns a provider's name without invisible characters; empty if it still breaks the form's
 * rules, as a URL does.
 */
function permitted(name: string | null) {
  const text = replaceInvisible(plainText(name ?? '', LONGEST_NAME))
    .replaceAll('\ufffd', '')
    .trim();
  return isName(text) ? text : '';
}
