import { createFormatter } from 'next-intl';
import { translator } from '@/lib/language/translator';
import { currentRequest } from '@/lib/request/current';

/** Returns the translator of a namespace in the language of this request. */
export async function getTranslations<Of extends Parameters<typeof translator>[1] & string>(namespace: Of) {
  return translator((await currentRequest()).locale, namespace);
}

/** Returns the formatter of numbers and dates for this request. */
export async function getFormatter() {
  const { locale, timeZone } = await currentRequest();
  return createFormatter({ locale, timeZone });
}

/** Returns the language of this request. */
export async function getLocale() {
  return (await currentRequest()).locale;
}
