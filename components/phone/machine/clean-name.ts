const MAX_LENGTH = 60;
const MAX_MARKS = 3;

/**
 * Returns a name as one line of at most 60 characters, without control and direction characters and
 * without stacked accents. Empty where nothing is left.
 */
export function cleanName(raw: unknown): string {
  if (typeof raw !== 'string') return '';
  const line = raw
    .slice(0, 1000)
    .normalize('NFC')
    // Line breaks become spaces; other control, format (bidi, zero width) and private characters
    // go.
    .replace(/[\s\u2028\u2029]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}]/gu, '')
    .replace(new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu'), '$1')
    .replace(/ +/g, ' ')
    .trim();
  const letters = [...line];
  return letters.length > MAX_LENGTH
    ? `${letters
        .slice(0, MAX_LENGTH - 1)
        .join('')
        .trimEnd()}…`
    : line;
}
