import { getLocale, getTranslations } from 'next-intl/server';

/** The words of both frames, read once on the server: the frames themselves are drawn from these alone, so that a page carries words and no markup twice. */
export async function frameWords() {
  const t = await getTranslations('shell');
  const other = (await getLocale()) === 'fr' ? 'en' : 'fr';
  return {
    skip: t('skip'),
    navigation: t('navigation'),
    menu: t('menu'),
    signOut: t('signOut'),
    other: { locale: other, name: t(`language.${other}`) },
    theme: { light: t('theme.light'), dark: t('theme.dark'), system: t('theme.system') },
  } as const;
}

export type FrameWords = Awaited<ReturnType<typeof frameWords>>;
