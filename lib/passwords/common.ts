import { canonicalPassword } from './text';

let words: Promise<Set<string>> | undefined;

/**
 * Returns whether the password, in any case, is one of the 49,000 most common ones (zxcvbn's list)
 * or one repeated character. Loads the list at the first call.
 */
export async function isCommon(password: string): Promise<boolean> {
  const folded = canonicalPassword(password).toLowerCase();
  if (new Set(folded).size <= 1) return true;
  words ??= loadWords();
  return (await words).has(folded);
}

async function loadWords() {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].map(String));
}
