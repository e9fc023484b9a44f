import type { Locale } from '@/lib/language/locale';

/** Formats a moment as date and time in a language and time zone. */
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

// Making a formatter costs as much as a hundred uses, and few time zones are in use.
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
