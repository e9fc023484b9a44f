import { askHashing, closeHashingProcess } from './hashing-pool';
import { canonicalPassword, isOverlong, LONGEST_PASSWORD } from './text';

/** What came of a check. `corrupt`: the stored hash is no argon2 hash at all, which somebody must look at. */
type Verification = { ok: boolean; outdated: boolean; corrupt?: boolean };

/**
 * Promises an argon2id PHC string (m=19456 KiB, t=2, p=1) of the password's NFC spelling.
 * Throws RangeError over 128 code points, Unavailable where too many wait or the process does not answer in 5 s.
 */
export async function hashPassword(password: string): Promise<string> {
  if (isOverlong(password)) throw new RangeError(`a password has at most ${LONGEST_PASSWORD} code points`);
  const reply = await askHashing({ kind: 'hash', password: canonicalPassword(password) });
  if (!('hash' in reply)) throw new TypeError('the hashing process answered something else');
  return reply.hash;
}

/**
 * Promises whether the password belongs to the stored hash, and whether that hash has old parameters.
 * Without a hash (null: no such user) it works as long and says no. Over 128 code points: no, unhashed.
 * Throws Unavailable where too many wait or the process does not answer in 5 s.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<Verification> {
  if (isOverlong(password)) return { ok: false, outdated: false };
  const reply = await askHashing({ kind: 'verify', stored, password: canonicalPassword(password) });
  if ('hash' in reply) throw new TypeError('the hashing process answered something else');
  return reply.corrupt ? reply : { ok: reply.ok, outdated: reply.outdated };
}

/** Promises that the hashing process is gone; whoever still waits gets Unavailable. */
export function closeHashing(): Promise<void> {
  return closeHashingProcess();
}
