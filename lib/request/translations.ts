import { createFormatter } from 'next-intl';
import { translator } from '@/lib/language/translator';
import { currentRequest } from '@/lib/request/current';

/** Promises what says the sentences of a namespace in the language of this request. */
export async function getTranslations<Of extends Parameters<typeof translator>[1] & string>(namespace: Of) {
  return translator((await currentRequest()).locale, namespace);
}

/** Promises what writes numbers and moments as the reader does. */
export async function getFormatter() {
  const { locale, timeZone } = await currentRequest();
  return createFormatter({ locale, timeZone });
}

/** Promises the language of this request. */
export async function getLocale() {
  return (await currentRequest()).locale;
}
