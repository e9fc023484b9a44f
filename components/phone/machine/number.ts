import type { CountryCode } from 'libphonenumber-js/min';
import type { Account } from './state';

/** Whom to call: what SIP calls it, what the list of calls calls it, and how a person writes it. */
export type Target = { uri: string; peer: string; shown: string; extension: string | null };
type Unreadable = 'empty' | 'not-a-number' | 'too-short' | 'too-long' | 'other-domain' | 'own-extension' | 'no-account';
export type Reading = { ok: true; target: Target } | { ok: false; why: Unreadable };

type Home = Pick<Account, 'extension' | 'domain' | 'country' | 'otherDomains'>;

const LONGEST = 200;
const SHORT = /^(0|\d{2,6})$/;
const SERVICE = /^[*#][0-9*#]{1,15}$/;
const USER = /^[\w.!~'()&=+$,;?/%-]{1,64}$/;
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Promises whom a person means by what he typed or pasted: an extension, a service code, a number as written anywhere, in a
 * sentence too, or a SIP address. The metadata of the world's numbers is loaded when it is first needed.
 */
export async function readTarget(typed: string, home: Home | null): Promise<Reading> {
  if (!home) return no('no-account');
  const text = plain(typed);
  if (text === '') return no('empty');
  if (text.includes('@')) return readAddress(text, home);
  const bare = text.replace(/^(sips?|tel|callto):\/*/i, '');
  const digits = bare.replace(/[\s().\-–/]/g, '');
  if (SERVICE.test(digits)) return yes(digits, digits, home);
  if (SHORT.test(digits)) return digits === home.extension ? no('own-extension') : yes(digits, digits, home);
  return readNumber(bare, home);
}

/** Promises the text with the digits, signs and spaces of every script written as ours, in one line. Pure. */
function plain(typed: string) {
  return typed
    .slice(0, LONGEST)
    .normalize('NFKC')
    .replace(/\p{Nd}/gu, digitOf)
    .replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (/\s/.test(sign) ? ' ' : ''))
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Digits of every script stand in tens, zero first. */
function digitOf(digit: string) {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

function readAddress(text: string, home: Home): Reading {
  const address = text.replace(/^.*<|>.*$/g, '').replace(/^sips?:\/*/i, '');
  const [user = '', host = '', ...more] = address.split('@');
  const domain = host.replace(/[;?].*$/, '').replace(/:\d{1,5}$/, '');
  if (more.length > 0 || !USER.test(user) || !DOMAIN.test(domain)) return no('not-a-number');
  if (domain.toLowerCase() === home.domain.toLowerCase())
    return user === home.extension ? no('own-extension') : yes(user, user, home);
  if (!home.otherDomains) return no('other-domain');
  const peer = `${user}@${domain.toLowerCase()}`;
  return { ok: true, target: { uri: `sip:${peer}`, peer, shown: peer, extension: null } };
}

async function readNumber(text: string, home: Home): Promise<Reading> {
  const { parsePhoneNumberFromString, findPhoneNumbersInText, validatePhoneNumberLength } = await import(
    'libphonenumber-js/min'
  );
  const country = home.country as CountryCode;
  const written = /^[+(\d]/.test(text) ? lettersAsDigits(text) : text;
  const number =
    parsePhoneNumberFromString(written, { defaultCountry: country, extract: false }) ??
    findPhoneNumbersInText(text, country)[0]?.number;
  // With a plus the whole number is there; without, it must be one that the country knows.
  if (!number?.isPossible() || (!number.isValid() && !/^\+|\s\+/.test(text)))
    return no(lengthOf(text, validatePhoneNumberLength(written, country)));
  const shown = number.country === country ? number.formatNational() : number.formatInternational();
  const reading = yes(number.number, shown.replace(/ (ext\.|poste) .*$/i, ''), home);
  if (reading.ok) reading.target.extension = number.ext ?? null;
  return reading;
}

/** 1-800-FLOWERS: the letters on the keys, where a number is written with them (ITU-T E.161). */
function lettersAsDigits(text: string) {
  if (!/^\+?[\d() .-]{3,}[A-Z][A-Z-]*$/.test(text)) return text;
  return text.replace(/[A-Z]/g, (letter) => '22233344455566677778889999'[letter.charCodeAt(0) - 65] ?? letter);
}

function lengthOf(text: string, length: string | undefined): Unreadable {
  if (!/^[+\d\s().*#/-]+$/.test(text) || !/\d/.test(text)) return 'not-a-number';
  if (length === 'TOO_LONG') return 'too-long';
  if (length === undefined) return text.replace(/\D/g, '').length < 10 ? 'too-short' : 'not-a-number';
  return 'too-short';
}

function yes(user: string, shown: string, { domain }: Home): Reading {
  const escaped = user.replace(/[#%]/g, (sign) => (sign === '#' ? '%23' : sign));
  return { ok: true, target: { uri: `sip:${escaped}@${domain}`, peer: user, shown, extension: null } };
}

function no(why: Unreadable): Reading {
  return { ok: false, why };
}
