import type { Locale } from '@/lib/language/locale';

/** Formats a date in the reader's language. Expiry dates are in UTC, as providers show them. */
export function showDay(day: Date, locale: Locale) {
  return new Intl.DateTimeFormat(locale === 'fr' ? 'fr-CA' : 'en-CA', { dateStyle: 'long', timeZone: 'UTC' }).format(
    day,
  );
}
