import { chooseLocale } from '@/lib/language/choose';
import type { NotFoundPage } from '@/lib/request/store';
import words from '@/messages/error-page.json';

/** How Next's page of an error begins: its scripts draw what it says, and nothing else does. */
const EMPTY = '<!DOCTYPE html><html id="__next_error__">';

/**
 * Returns the page with its message in the markup, for browsers without scripts: what was not
 * found, or that something failed if `nothing` is undefined. Leaves any other page as it is.
 */
export function withoutScript(page: Buffer, nothing: NotFoundPage | undefined, acceptLanguage: string | undefined) {
  if (!page.subarray(0, EMPTY.length).equals(Buffer.from(EMPTY))) return page;
  const { locale, markup } = nothing ?? failure(acceptLanguage);
  const text = page.toString();
  // As a link ahead of what it is for, or only in what Next tells its own scripts: the product has
  // one style sheet.
  const style = /\/_next\/static\/[\w./~-]+\.css/.exec(text)?.[0];
  const link = style ? `<link rel="stylesheet" href="${style}"/>` : '';
  const said = `${link}<main class="door-main">${markup}</main>`;
  return Buffer.from(
    text
      .replace(EMPTY, () => EMPTY.replace(/>$/, ` lang="${locale}">`))
      .replace('<body>', () => `<body><noscript>${said}</noscript>`),
  );
}

function failure(acceptLanguage: string | undefined): NotFoundPage {
  const locale = chooseLocale({ acceptLanguage });
  const { title, what, kept, home } = words[locale];
  return { locale, markup: cardOf({ title, texts: [what, kept], way: { href: '/', label: home } }) };
}

type Card = { title: string; texts: string[]; way: { href: string; label: string } | null };

/** Returns the escaped markup of a card with a message and a link. Pure. */
export function cardOf({ title, texts, way }: Card) {
  return [
    '<div class="door-card stack">',
    `<h1>${escaped(title)}</h1>`,
    ...texts.map((one) => `<p>${escaped(one)}</p>`),
    way ? `<a href="${escaped(way.href)}" class="button button-primary">${escaped(way.label)}</a>` : '',
    '</div>',
  ].join('');
}

function escaped(text: string) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
