export type Locale = 'en' | 'fr';

export const LOCALES = ['en', 'fr'] as const satisfies Locale[];

export function isLocale(text: string | null | undefined): text is Locale {
  return text === 'en' || text === 'fr';
}
