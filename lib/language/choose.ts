import { isLocale, type Locale } from '@/lib/language/locale';

/** Returns the user's own language, else the page's, the browser's, the tenant's, English. Pure. */
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

// One costs as much to make as a hundred to use; the time zones of a server's people are few.
