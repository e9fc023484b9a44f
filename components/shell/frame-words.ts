import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translator';

/**
 * The words of both frames: the frames themselves are drawn from these alone, so that a page
 * carries words and no markup twice.
 */
export function frameWords(locale: Locale) {
  return WORDS[locale];
}

const WORDS = { en: wordsOf('en'), fr: wordsOf('fr') };

function wordsOf(locale: Locale) {
  const other = locale === 'fr' ? 'en' : 'fr';
  const t = translator(locale, 'shell');
  return {
    skip: t('skip'),
    navigation: t('navigation'),
    menu: t('menu'),
    signOut: t('signOut'),
    other: { locale: other, name: t(`language.${other}`) },
    theme: { light: t('theme.light'), dark: t('theme.dark'), system: t('theme.system') },
  } as const;
}

export type FrameWords = (typeof WORDS)[Locale];
