import { chooseLocale } from '@/lib/language/choose';
import { allMessages } from '@/lib/language/messages';

/**
 * The page of a service that cannot be reached, in plain HTML: it needs nothing that might be down
 * itself.
 */
export function unavailablePage(acceptLanguage: string | undefined) {
  const locale = chooseLocale({ acceptLanguage });
  const { title, text, retry } = allMessages(locale).unavailable;
  return `<!doctype html><html lang="${locale}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title><h1>${title}</h1><p>${text}</p><p><a href="">${retry}</a></p></html>`;
}
