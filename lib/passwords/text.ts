/** The longest password, in code points (NIST SP 800-63B-4 requires 64 or more). */
export const LONGEST_PASSWORD = 128;

/** Returns the NFC form: keyboards of different systems send different code points. */
export function canonicalPassword(password: string): string {
  return password.normalize('NFC');
}

/** Returns the length in code points of the NFC form. */
export function passwordLength(password: string): number {
  return [...canonicalPassword(password)].length;
}

/** Returns whether a password is too long, without normalising megabytes to find out. */
export function isOverlong(password: string): boolean {
  return password.length > LONGEST_PASSWORD * 20 || passwordLength(password) > LONGEST_PASSWORD;
}
