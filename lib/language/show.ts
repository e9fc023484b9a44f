import type { Locale } from '@/lib/language/locale';

/** Promises a moment as the reader writes it: date and time in his language and time zone. */
export function showMoment(moment: Date, locale: Locale, timeZone: string) {
  return show(moment, locale, { dateStyle: 'long', timeStyle: 'short', timeZone });
}

/** The same to the second and in figures, for lists where the order of things counts. */
export function showSecond(moment: Date, locale: Locale, timeZone: string) {
  return show(moment, locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone });
}

function show(moment: Date, locale: Locale, how: Intl.DateTimeFormatOptions) {
  const text = formatOf(locale, how).format(moment);
  // “a.m.” at the end of a sentence would end it twice.
  return text.replace(/([ap])\.m\./, '$1m');
}

// One costs as much to make as a hundred to use; the time zones of a server's people are few.
const kept = new Map<string, Intl.DateTimeFormat>();

const MOST_KEPT = 200;

function formatOf(locale: Locale, how: Intl.DateTimeFormatOptions) {
  const name = `${locale} ${how.dateStyle} ${how.timeStyle} ${how.timeZone}`;
  const found = kept.get(name);
  if (found) return found;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = new Intl.DateTimeFormat(locale === 'fr' ? 'fr-CA' : 'en-CA', how);
  kept.set(name, made);
  return made;
}
