import type { Locale } from '@/lib/tenants/tenants';

export const LOCALES = ['en', 'fr'] as const satisfies Locale[];

export function isLocale(text: string | null | undefined): text is Locale {
  return text === 'en' || text === 'fr';
}

/** Promises the language: the person's own choice, the switch on the page, the browser's, the tenant's, English. Pure. */
export function chooseLocale(from: {
  user?: string | null;
  cookie?: string | null;
  acceptLanguage?: string | null;
  tenant?: string | null;
}): Locale {
  for (const wish of [from.user, from.cookie, preferredOf(from.acceptLanguage ?? ''), from.tenant]) {
    if (isLocale(wish)) return wish;
  }
  return 'en';
}

/** The first of the browser's languages that we speak, best quality first. */
function preferredOf(header: string) {
  return header
    .slice(0, 200)
    .split(',')
    .map((entry, order) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const quality = Number(
        parameters
          .find((parameter) => parameter.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      );
      return { language: tag.split('-')[0], quality: Number.isFinite(quality) ? quality : 0, order };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.order - b.order)
    .map(({ language }) => language)
    .find(isLocale);
}

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
