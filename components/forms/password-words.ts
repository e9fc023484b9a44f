import { getTranslations } from '@/lib/request/translations';

/** The words of a field that holds a password. */
export async function passwordWords() {
  const t = await getTranslations('forms');
  return { show: t('showPassword'), hide: t('hidePassword') };
}

/** The words that tell how strong a new password is. */
export async function meterWords(minLength: number) {
  const t = await getTranslations('forms');
  return {
    short: t('strengthShort', { count: minLength }),
    scores: [t('strength0'), t('strength1'), t('strength2'), t('strength3'), t('strength4')],
  };
}
