/** Validates the details of users, for pages, imports and the command line. */

import { failure } from '@/lib/result';
import { hasLink, plainDots } from '@/lib/text';

export const LONGEST_NAME = 80;

/** Returns whether a username is valid. It begins with a letter, unlike an extension. */
export function isUsername(text: string) {
  return /^[a-z][a-z0-9._@+-]{1,63}$/.test(text);
}

export function isExtension(text: string) {
  return /^\d{2,10}$/.test(text);
}

/**
 * Whether a text is one address in a form that mail servers take without quoting: ASCII, or letters
 * of any script. A guest's `#EXT#` is part of it. What would become another text by compatibility,
 * such as the Kelvin sign, is refused.
 */
export function isEmail(text: string) {
  return text.length <= 254 && EMAIL.test(text) && text.normalize('NFKC') === text;
}

const EMAIL = /^[a-z0-9._%+'#\p{L}\p{M}\p{N}-]+@[a-z0-9\p{L}\p{M}\p{N}-]+(\.[a-z0-9\p{L}\p{M}\p{N}-]+)+$/iu;

/** Control characters, line ends, marks that change the writing direction, invisible characters. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Returns a text with U+FFFD for characters that are invisible or change the writing direction. */
export function replaceInvisible(text: string) {
  return text.replace(new RegExp(UNSEEN, 'gu'), '\ufffd');
}

/** Returns whether a user's name is valid; `checkName` returns the reason. */
export function isName(text: string) {
  return checkName(text, '') === undefined;
}

/**
 * Returns the failure of a user's name, at its field: `name-link` where it holds a web address,
 * and `name` where it holds line ends, changes the writing direction or begins like a formula.
 */
export function checkName(text: string, field: string) {
  if (hasLink(text) || BARE_DOMAIN.test(plainDots(text))) return failure('name-link', { field });
  const isGood =
    text.length <= LONGEST_NAME &&
    /\p{L}|\p{N}/u.test(text) &&
    !UNSEEN.test(text) &&
    !/^\s*[=+\-@＝＋－＠]/u.test(text);
  return isGood ? undefined : failure('name', { field });
}

/**
 * Returns the failure of what a company names something, at its field: `unprintable`, or
 * `name-link` where it holds a web address.
 */
export function checkTitle(text: string, field: string) {
  if (text.trim() === '' || UNPRINTABLE.test(text)) return failure('unprintable', { field });
  return hasLink(text) ? failure('name-link', { field }) : undefined;
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;
/**
 * The domains that mail programs link most often. A company may be named like one, a user is not.
 */
const BARE_DOMAIN =
  /[\p{L}\p{N}-]{2,}\.(?:com|net|org|info|biz|io|app|dev|xyz|top|site|online|shop|store|link|click|live|example)(?![\p{L}\p{N}])/iu;
