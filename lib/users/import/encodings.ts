import { isUtf8 } from 'node:buffer';
import { decodeWindows1252 } from '@/lib/text';

/** The encodings of CSV files, most likely first: of two that fit equally, the first is taken. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-15',
  'macintosh',
  'windows-1251',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Returns the text of a file in an encoding, or undefined for bytes that it does not have. */
export function decode(bytes: Buffer, encoding: Encoding): string | undefined {
  if (encoding === 'utf-8') return isUtf8(bytes) ? withoutMark(bytes.toString('utf8')) : undefined;
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return decodeUtf16(bytes, encoding);
  if (encoding === 'windows-1252') return decodeWindows1252(bytes);
  const table = TABLES[encoding];
  return bytes.toString('latin1').replace(/[\u0080-\u00ff]/g, (one) => table.charAt(one.charCodeAt(0) - 0x80));
}

/**
 * Returns the encoding of a file: UTF-16 and UTF-8 by their bytes, otherwise the one in which its
 * letters make the most plausible words. Returns undefined for a file that is not text.
 */
export function detectEncoding(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes.includes(0)) return utf16WithoutMark(bytes);
  if (isUtf8(bytes)) return 'utf-8';
  const [best] = EIGHT_BIT.map((encoding) => ({ encoding, score: scoreOf(decode(bytes, encoding) ?? '') })).sort(
    (a, b) => b.score - a.score,
  );
  return best?.encoding;
}

const EIGHT_BIT = ['windows-1252', 'iso-8859-15', 'macintosh', 'windows-1251'] as const;

/** Bytes 0x80 to 0xff, by the mapping tables at unicode.org/Public/MAPPINGS. */
const TABLES: Record<Exclude<(typeof EIGHT_BIT)[number], 'windows-1252'>, string> = {
  'iso-8859-15': latin9(),
  macintosh:
    'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø' +
    '¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ',
  'windows-1251':
    'ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u0098™љ›њќћџ\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї' +
    'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя',
};

/** Returns the upper half of ISO-8859-15, which differs from ISO-8859-1 in eight characters. */
function latin9() {
  const changed: Record<number, string> = {
    164: '€',
    166: 'Š',
    168: 'š',
    180: 'Ž',
    184: 'ž',
    188: 'Œ',
    189: 'œ',
    190: 'Ÿ',
  };
  return Array.from({ length: 128 }, (_, at) => changed[at + 128] ?? String.fromCharCode(at + 128)).join('');
}

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be') {
  if (bytes.length % 2 > 0) return undefined;
  const text = (encoding === 'utf-16le' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
  return text.isWellFormed() ? withoutMark(text) : undefined;
}

function withoutMark(text: string) {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** In text of Western names almost every second byte of UTF-16 is zero, and no other. */
function utf16WithoutMark(bytes: Buffer): Encoding | undefined {
  const zeros = [0, 0];
  for (const [at, byte] of bytes.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = bytes.length / 2;
  if (odd > 0.7 * most && even === 0) return 'utf-16le';
  return even > 0.7 * most && odd === 0 ? 'utf-16be' : undefined;
}

/** The letters beyond ASCII that names of Western Europe and Canada use most. */
const FREQUENT = /[éèêëàâçîïôùûüöäåøæœñíóáãõßÉÈÀÇÎÔÖÜÄÅØŒ]/;

/** So many characters beyond ASCII decide; a large file must not occupy the process. */
const MOST_SCORED = 5000;

/** Returns how plausible the first characters beyond ASCII are beside their neighbours. */
function scoreOf(text: string) {
  let score = 0;
  let scored = 0;
  for (const { 0: one, index } of text.matchAll(/[^\0-\x7f]/g)) {
    const [before = '', after = ''] = [text[index - 1], text[index + 1]];
    if (++scored > MOST_SCORED) break;
    score += /\p{L}/u.test(one) ? scoreLetter(one, before, after) : scoreSymbol(one, before, after);
  }
  return score;
}

function scoreLetter(one: string, before: string, after: string) {
  const isCyrillic = /\p{Script=Cyrillic}/u;
  const neighbours = [before, after].filter((next) => /\p{L}/u.test(next));
  // A word has letters of one script.
  if (neighbours.some((next) => isCyrillic.test(next) !== isCyrillic.test(one))) return -3;
  // A capital within a word is followed by another: "OÉNEIL", not "RenŽ" or "CÏur".
  if (/\p{Lu}/u.test(one) && (/\p{Ll}/u.test(before) || (/\p{Lu}/u.test(before) && /\p{Ll}/u.test(after)))) return -2;
  if (/\p{Ll}/u.test(one) && /\p{Lu}/u.test(after)) return -1;
  if (isCyrillic.test(one)) return 1;
  // Accented letters seldom stand beside each other.
  if ([before, after].some((next) => /[^\0-\x7f]/.test(next) && /\p{L}/u.test(next))) return -1;
  return FREQUENT.test(one) ? 2 : 1;
}

function scoreSymbol(one: string, before: string, after: string) {
  if (/\p{Cc}/u.test(one)) return -5;
  const isWithin = /\p{L}/u.test(before) && /\p{L}/u.test(after);
  if (/[’‘–]/.test(one)) return isWithin ? 1 : 0;
  return isWithin ? -3 : -1;
}
