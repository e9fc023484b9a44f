import { canonicalPassword } from './text';

let words: Promise<Set<string>> | undefined;

/**
 * Promises whether the password, in any case, is among the 49,000 most used ones (the list of zxcvbn), or one
 * character repeated. The list is loaded at the first question and kept.
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
