/** The form that what is written of a person must have. Pure: pages, imports and the command line ask here. */

export const LONGEST_NAME = 80;

/** Promises whether a username begins with a letter, so that it cannot be mistaken for an extension. */
export function isUsername(text: string) {
  return /^[a-z][a-z0-9._@+-]{1,63}$/.test(text);
}

export function isExtension(text: string) {
  return /^\d{2,10}$/.test(text);
}

/** One address, in a form that mail servers take without quoting; anything cleverer is refused. */
export function isEmail(text: string) {
  return text.length <= 254 && /^[a-z0-9._%+'-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text);
}

/** Control characters, line ends, what turns the writing direction round, and what cannot be seen at all. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Promises a text as it can be shown: a mark in the place of what could not be seen, or would turn round what stands beside it. */
export function seen(text: string) {
  return text.replace(new RegExp(UNSEEN, 'gu'), '\ufffd');
}

/** Promises whether a name holds nothing that would forge a line, turn others round, or be reckoned by a spreadsheet. */
export function isName(text: string) {
  return (
    text.length <= LONGEST_NAME && /\p{L}|\p{N}/u.test(text) && !UNSEEN.test(text) && !/^\s*[=+\-@＝＋－＠]/u.test(text)
  );
}
