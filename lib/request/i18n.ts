import { getRequestConfig } from 'next-intl/server';
import { allMessages } from '@/lib/messages';
import { currentRequest } from '@/lib/request/current';

/** How next-intl learns the language of a request. */
export default getRequestConfig(async () => {
  const { locale, timeZone } = await currentRequest();
  return { locale, timeZone, messages: allMessages(locale) };
});
