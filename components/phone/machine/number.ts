import type { CountryCode } from 'libphonenumber-js/min';
import type { PhoneAccount } from './state';

/**
 * What to dial: the SIP URI, the `peer` of the list of calls, and the number as people write it.
 */
export type DialTarget = { uri: string; peer: string; shown: string; extension: string | null };
type NumberError =
  | 'empty'
  | 'not-a-number'
  | 'too-short'
  | 'too-long'
  | 'other-domain'
  | 'own-extension'
  | 'no-account';
export type ReadTarget = { ok: true; target: DialTarget } | { ok: false; why: NumberError };

type HomeAccount = Pick<PhoneAccount, 'extension' | 'domain' | 'country' | 'otherDomains'>;

const MAX_LENGTH = 200;
const SHORT = /^(0|\d{2,6})$/;
const SERVICE = /^[*#][0-9*#]{1,15}$/;
const USER = /^[\w.!~'()&=+$,;?/%-]{1,64}$/;
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Returns the dial target for typed or pasted text: an extension, a service code, a number in any
 * notation, also inside a sentence, or a SIP address. Loads the number metadata on first use.
 */
export async function readTarget(typed: string, home: HomeAccount | null): Promise<ReadTarget> {
  if (!home) return unreadable('no-account');
  const text = normalizeText(typed);
  if (text === '') return unreadable('empty');
  if (text.includes('@')) return readAddress(text, home);
  const bare = text.replace(/^(sips?|tel|callto):\/*/i, '');
  const digits = bare.replace(/[\s().\-–/]/g, '');
  if (SERVICE.test(digits)) return readable(digits, digits, home);
  if (SHORT.test(digits))
    return digits === home.extension ? unreadable('own-extension') : readable(digits, digits, home);
  return readNumber(bare, home);
}

/** Returns the text as one line, with the digits, dashes and spaces of every script as ASCII. */
function normalizeText(typed: string) {
  return typed
    .slice(0, MAX_LENGTH)
    .normalize('NFKC')
    .replace(/\p{Nd}/gu, digitOf)
    .replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (/\s/.test(sign) ? ' ' : ''))
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Unicode orders the digits of every script in runs of ten from zero. */
function digitOf(digit: string) {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

function readAddress(text: string, home: HomeAccount): ReadTarget {
  const address = text.replace(/^.*<|>.*$/g, '').replace(/^sips?:\/*/i, '');
  const [user = '', host = '', ...more] = address.split('@');
  const domain = host.replace(/[;?].*$/, '').replace(/:\d{1,5}$/, '');
  if (more.length > 0 || !USER.test(user) || !DOMAIN.test(domain)) return unreadable('not-a-number');
  if (domain.toLowerCase() === home.domain.toLowerCase())
    return user === home.extension ? unreadable('own-extension') : readable(user, user, home);
  if (!home.otherDomains) return unreadable('other-domain');
  const peer = `${user}@${domain.toLowerCase()}`;
  return { ok: true, target: { uri: `sip:${peer}`, peer, shown: peer, extension: null } };
}

async function readNumber(text: string, home: HomeAccount): Promise<ReadTarget> {
  const { parsePhoneNumberFromString, findPhoneNumbersInText, validatePhoneNumberLength } = await import(
    'libphonenumber-js/min'
  );
  const country = home.country as CountryCode;
  const written = /^[+(\d]/.test(text) ? lettersAsDigits(text) : text;
  const number =
    parsePhoneNumberFromString(written, { defaultCountry: country, extract: false }) ??
    findPhoneNumbersInText(text, country)[0]?.number;
  // With a plus the number is complete; without, it must be valid in the country.
  if (!number?.isPossible() || (!number.isValid() && !/^\+|\s\+/.test(text)))
    return unreadable(lengthOf(text, validatePhoneNumberLength(written, country)));
  const shown = number.country === country ? number.formatNational() : number.formatInternational();
  const reading = readable(number.number, shown.replace(/ (ext\.|poste) .*$/i, ''), home);
  if (reading.ok) reading.target.extension = number.ext ?? null;
  return reading;
}

/** Replaces letters by the digits of their keys, as in 1-800-FLOWERS (ITU-T E.161). */
function lettersAsDigits(text: string) {
  if (!/^\+?[\d() .-]{3,}[A-Z][A-Z-]*$/.test(text)) return text;
  return text.replace(/[A-Z]/g, (letter) => '22233344455566677778889999'[letter.charCodeAt(0) - 65] ?? letter);
}

function lengthOf(text: string, length: string | undefined): NumberError {
  if (!/^[+\d\s().*#/-]+$/.test(text) || !/\d/.test(text)) return 'not-a-number';
  if (length === 'TOO_LONG') return 'too-long';
  if (length === undefined) return text.replace(/\D/g, '').length < 10 ? 'too-short' : 'not-a-number';
  return 'too-short';
}

function readable(user: string, shown: string, { domain }: HomeAccount): ReadTarget {
  const escaped = user.replace(/[#%]/g, (sign) => (sign === '#' ? '%23' : sign));
  return { ok: true, target: { uri: `sip:${escaped}@${domain}`, peer: user, shown, extension: null } };
}

function unreadable(why: NumberError): ReadTarget {
  return { ok: false, why };
}
