/** What we accept at most, in code points (NIST SP 800-63B-4 asks for 64 or more). */
export const LONGEST_PASSWORD = 128;

/** Promises one spelling (NFC) of what keyboards of different systems send for the same password. */
export function canonicalPassword(password: string): string {
  return password.normalize('NFC');
}

/** Promises the length that a person would count: code points of the canonical spelling. */
export function passwordLength(password: string): number {
  return [...canonicalPassword(password)].length;
}

/** Promises true where a password is longer than any that we store, without normalising a megabyte to find out. */
export function isOverlong(password: string): boolean {
  return password.length > LONGEST_PASSWORD * 20 || passwordLength(password) > LONGEST_PASSWORD;
}
