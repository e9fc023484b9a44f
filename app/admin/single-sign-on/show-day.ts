import type { Locale } from '@/lib/language/locale';

/** Promises a day as the reader writes it. What ends is told by the day of Greenwich, as providers print it. */
export function showDay(day: Date, locale: Locale) {
  return new Intl.DateTimeFormat(locale === 'fr' ? 'fr-CA' : 'en-CA', { dateStyle: 'long', timeZone: 'UTC' }).format(
    day,
  );
}
