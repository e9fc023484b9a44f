import { closeHashingProcess, requestHash } from './hashing-pool';
import { canonicalPassword, isOverlong, LONGEST_PASSWORD } from './text';

/** `corrupt`: the stored hash is not an argon2 hash, which needs an operator. */
type Verification = { ok: boolean; outdated: boolean; corrupt?: boolean };

/**
 * Returns an argon2id PHC string (m=19456 KiB, t=2, p=1) of the password's NFC form. Throws
 * RangeError over 128 code points, Unavailable where the queue is full or after 5 s.
 */
export async function hashPassword(password: string): Promise<string> {
  if (isOverlong(password)) throw new RangeError(`a password has at most ${LONGEST_PASSWORD} code points`);
  const reply = await requestHash({ kind: 'hash', password: canonicalPassword(password) });
  if (!('hash' in reply)) throw new TypeError('the hashing process answered something else');
  return reply.hash;
}

/**
 * Returns whether the password matches the stored hash, and whether its parameters are outdated.
 * For null (no such user) it takes as long and returns false; over 128 code points it returns false
 * unhashed. Throws Unavailable where the queue is full or after 5 s.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<Verification> {
  if (isOverlong(password)) return { ok: false, outdated: false };
  const reply = await requestHash({ kind: 'verify', stored, password: canonicalPassword(password) });
  if ('hash' in reply) throw new TypeError('the hashing process answered something else');
  return reply.corrupt ? reply : { ok: reply.ok, outdated: reply.outdated };
}

/** Stops the hashing process; waiting calls are rejected with Unavailable. */
export function closeHashing(): Promise<void> {
  return closeHashingProcess();
}
