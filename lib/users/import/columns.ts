import type { Locale } from '@/lib/language/locale';

/** The fields of a file, in the order of the template. */
export const FIELDS = ['username', 'extension', 'firstName', 'lastName', 'email', 'role', 'language'] as const;
export type Field = (typeof FIELDS)[number];

/** The column of each field, from 0. */
export type Mapping = Partial<Record<Field, number>>;

export const TEMPLATE: Record<Field, string> = {
  username: 'username',
  extension: 'extension',
  firstName: 'first_name',
  lastName: 'last_name',
  email: 'email',
  role: 'role',
  language: 'language',
};

/** Common names of columns, without accents, spaces and capitals. */
const NAMES: Record<Field, RegExp> = {
  username: /^(user(name|id)?|login(name)?|nomdutilisateur|utilisateur|identifiant)$/,
  extension: /^(ext|extension(number)?|poste|n(umer)?odeposte)$/,
  firstName: /^(first(name)?|givenname|forename|prenom)$/,
  lastName: /^(last(name)?|surname|familyname|nom(defamille)?)$/,
  email: /^(e?mail(address)?|courriel|adresse(de)?courriel)$/,
  role: /^(role|fonction)$/,
  language: /^(lang(uage)?|locale|langue)$/,
};

/** Names of columns that hold secrets, such as `AuthPassword`, `secret` or `Voicemail PIN`. */
const SECRET = /passwor[dt]|passwd|passcode|passphrase|motdepasse|secret/;
const SECRET_WORDS = new Set(['pin', 'pins', 'nip', 'pass', 'pwd', 'pw', 'token', 'ha1']);

/** Returns whether the name of a column says that it holds secrets. */
export function isSecretColumn(name: string) {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[^\p{L}\p{N}]+/u);
  return SECRET.test(plainName(name)) || words.some((word) => SECRET_WORDS.has(word.toLowerCase()));
}

/** Returns the mapping that a header suggests; each column has one field. */
export function guessMapping(header: readonly string[]): Mapping {
  const plain = header.map(plainName);
  const mapping: Mapping = {};
  for (const field of FIELDS) {
    const at = plain.findIndex((name) => NAMES[field].test(name));
    if (at >= 0) mapping[field] = at;
  }
  return mapping;
}

function plainName(name: string) {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** Returns whether a mapping names existing columns, each once, and has a username. */
export function isMapping(mapping: Mapping, columns: number) {
  const used = Object.values(mapping);
  return (
    mapping.username !== undefined &&
    new Set(used).size === used.length &&
    used.every((at) => Number.isInteger(at) && at >= 0 && at < columns)
  );
}

const ROLES: Record<string, 'agent' | 'administrator'> = {
  agent: 'agent',
  user: 'agent',
  utilisateur: 'agent',
  administrator: 'administrator',
  admin: 'administrator',
  administrateur: 'administrator',
  administratrice: 'administrator',
};

const LANGUAGES: Record<string, Locale> = {
  en: 'en',
  'en-ca': 'en',
  english: 'en',
  anglais: 'en',
  fr: 'fr',
  'fr-ca': 'fr',
  french: 'fr',
  français: 'fr',
  francais: 'fr',
};

/** Returns the role that a cell names, or undefined. */
export function roleOf(cell: string) {
  const word = cell.toLowerCase();
  return Object.hasOwn(ROLES, word) ? ROLES[word] : undefined;
}

/** Returns the language that a cell names, or undefined. */
export function languageOf(cell: string) {
  const word = cell.toLowerCase();
  return Object.hasOwn(LANGUAGES, word) ? LANGUAGES[word] : undefined;
}
