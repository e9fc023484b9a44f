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

/**
 * Returns text for a header or one line of an email, without control and direction-changing
 * characters, cut to `longest` code points.
 */
export function oneLine(text: string, longest: number): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const points = [...clean];
  return points.length > longest ? `${points.slice(0, longest - 1).join('')}…` : clean;
}

/**
 * Whether a text holds what a mail program makes a link of: a scheme, `www.`, or a domain with a
 * path or port.
 */
export function hasLink(text: string) {
  return LINK.test(plainDots(text));
}

/** Full-width and ideographic marks work in an address like plain ones. */
export function plainDots(text: string) {
  return text
    .normalize('NFKC')
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .replace(/[\p{Cf}\p{Cc}]/gu, '');
}

const LINK =
  /[a-z][a-z0-9+.-]*:[\\/]{2}|\b(?:https?|ftp|mailto|tel|javascript|data):|\bwww\d*\.|[\p{L}\p{N}-]\.\p{L}{2,}\.?(?:[\\/?#]|:\d)/iu;

/**
 * Windows-1252 from 0x80 to 0x9F. Several Node releases decode it as ISO-8859-1
 * (nodejs/node#56542).
 */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Returns bytes in Windows-1252 as text; its five undefined bytes become control characters. */
export function decodeWindows1252(bytes: Buffer) {
  return bytes.toString('latin1').replace(/[\u0080-\u009f]/g, (one) => WINDOWS_1252.charAt(one.charCodeAt(0) - 0x80));
}
