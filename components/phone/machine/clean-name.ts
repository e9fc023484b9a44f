const LONGEST = 60;
const MARKS_ON_A_LETTER = 3;

/**
 * Promises a name as one short line of text: nothing that steers a terminal, a screen or the direction of writing, no
 * towers of accents. Empty where nothing is left. Pure.
 */
export function cleanName(raw: unknown): string {
  if (typeof raw !== 'string') return '';
  const line = raw
    .slice(0, 1000)
    .normalize('NFC')
    // Line breaks and tabs part words; every other control, format (bidi, zero width), private or half character goes.
    .replace(/[\s\u2028\u2029]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}]/gu, '')
    .replace(new RegExp(`(\\p{M}{${MARKS_ON_A_LETTER}})\\p{M}+`, 'gu'), '$1')
    .replace(/ +/g, ' ')
    .trim();
  const letters = [...line];
  return letters.length > LONGEST
    ? `${letters
        .slice(0, LONGEST - 1)
        .join('')
        .trimEnd()}…`
    : line;
}
