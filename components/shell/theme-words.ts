import { getTranslations } from 'next-intl/server';

export async function themeWords() {
  const t = await getTranslations('shell.theme');
  return { light: t('light'), dark: t('dark'), system: t('system') };
}
