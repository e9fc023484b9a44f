import { isBreached } from './breached';
import { isCommon } from './common';
import { isOverlong, LONGEST_PASSWORD, passwordLength } from './text';

/** The user of the password, and the tenant's minimum length. */
type PasswordOwner = {
  minLength: number;
  username: string;
  extension: string | null;
  firstName?: string | null;
  lastName?: string | null;
  accountId: string;
  tenantName: string;
};

/** `min` and `max` are in characters. */
type PasswordVerdict =
  | { ok: true }
  | { ok: false; error: 'too-short'; min: number }
  | { ok: false; error: 'too-long'; max: number }
  | { ok: false; error: 'common' | 'breached' | 'contains-name' };

/**
 * Checks a new password: length in code points of its NFC form, not common or breached, without
 * names of its user or tenant; no composition rules (NIST SP 800-63B-4, ASVS 6.2).
 */
export async function checkPasswordRules(password: string, owner: PasswordOwner): Promise<PasswordVerdict> {
  if (isOverlong(password)) return { ok: false, error: 'too-long', max: LONGEST_PASSWORD };
  if (passwordLength(password) < owner.minLength) return { ok: false, error: 'too-short', min: owner.minLength };
  if (await isCommon(password)) return { ok: false, error: 'common' };
  if (containsName(password, owner)) return { ok: false, error: 'contains-name' };
  if (await isBreached(password)) return { ok: false, error: 'breached' };
  return { ok: true };
}

// Shorter names, such as a three-digit extension, occur in many good passwords.
const SHORTEST_NAME = 4;
const SHORTEST_USERNAME = 3;

function containsName(password: string, owner: PasswordOwner) {
  const folded = fold(password);
  const names = [owner.username, owner.extension, owner.firstName, owner.lastName, owner.accountId, owner.tenantName];
  if (owner.username.length >= SHORTEST_USERNAME && folded.includes(fold(owner.username))) return true;
  return names
    .flatMap((name) => [fold(name ?? ''), ...fold(name ?? '').split(/[^\p{L}\p{N}]+/u)])
    .some((name) => [...name].length >= SHORTEST_NAME && folded.includes(name));
}

/** Removes case and accents: "Zoë" is also in "zoe2024…". */
function fold(text: string) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
