/**
 * Returns text that the database, a JSON column and the log can hold: at most `most` code points,
 * well-formed, in one line, without control characters.
 */
export function plainText(text: string, most: number) {
  // No code point has more than two units; the rest of an overlong text is not looked at.
  const clean = text
    .slice(0, 4 * most)
    .toWellFormed()
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(/\p{Cc}+/gu, '');
  return truncate(clean, most);
}

/**
 * Returns the first `most` code points of a text to fill a field with again; line ends are kept.
 */
export function truncate(text: string, most: number) {
  return text.length <= most ? text : [...text.slice(0, 2 * most)].slice(0, most).join('');
}

/** Whether a text is kept as it is: a name or id that is compared must not lose characters. */
export function isPlainText(text: string) {
  return text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text);
}
