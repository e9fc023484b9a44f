import { randomUUID } from 'node:crypto';
import type { Locale } from '@/lib/language/locale';
import { checkName, isEmail, isExtension, isUsername } from '@/lib/users/form';
import { languageOf, type Mapping, roleOf } from '@/lib/users/import/columns';

export type ImportedUser = {
  username: string;
  extension: string | null;
  firstName: string;
  lastName: string;
  email: string | null;
  role: 'agent' | 'administrator';
  locale: Locale | null;
};

/** A user of the tenant, whom a line may change. */
export type ExistingUser = ImportedUser & { id: string; emergency: boolean; version: number };

export type Verdict = 'create' | 'change' | 'same' | 'refused';

/**
 * `reasons` are codes, some with a value after a colon: why it is refused, what changes, warnings.
 */
export type CheckedLine = {
  line: number;
  verdict: Verdict;
  reasons: string[];
  user: ImportedUser | null;
  userId: string | null;
  userVersion: number | null;
};

type Existing = {
  byUsername: Map<string, ExistingUser>;
  /** The username of each extension's user. */
  byExtension: Map<string, string>;
  /** How many users have an address. */
  byEmail: Map<string, number>;
  /** How many users may still be added. */
  room: number;
};

type Line = { line: number; cells: readonly string[] };
type Cell = (field: keyof Mapping) => string;

const CHANGING = ['extension', 'firstName', 'lastName', 'email', 'role', 'locale'] as const;

/**
 * Returns a function that checks the lines of one file in their order; a field without a value does
 * not change.
 */
export function lineChecker(mapping: Mapping, existing: Existing, actorId: string | null) {
  const usernames = new Map<string, number>();
  const extensions = new Map<string, number>();
  const emails = new Map<string, number>();
  let { room } = existing;

  return ({ line, cells }: Line): CheckedLine => {
    const cell: Cell = (field) => {
      const at = mapping[field];
      const text = at === undefined ? '' : (cells[at] ?? '');
      return field === 'email' ? bareAddress(text) : text;
    };
    const before = existing.byUsername.get(cell('username').toLowerCase());
    const user = mergedUser(cell, before);
    const reasons = [
      ...usernameReasons(user, line),
      ...nameReasons(cell, user),
      ...extensionReasons(cell, user, line),
      ...otherReasons(cell, before, actorId),
    ];
    if (reasons.length > 0) return refused(line, reasons);
    if (before) return changedLine(line, before, user);
    if (room < 1) return refused(line, ['user-limit']);
    room -= 1;
    return { line, verdict: 'create', reasons: emailWarnings(user), user, userId: randomUUID(), userVersion: null };
  };

  function usernameReasons({ username }: ImportedUser, line: number) {
    if (!username) return ['username-missing'];
    const reasons = isUsername(username) ? [] : ['username'];
    const earlier = usernames.get(username);
    if (earlier !== undefined) return [...reasons, `twice-username:${earlier}`];
    usernames.set(username, line);
    return reasons;
  }

  function extensionReasons(cell: Cell, { username, extension }: ImportedUser, line: number) {
    if (!cell('extension')) return [];
    const number = extension ?? '';
    if (!isExtension(number)) return ['extension'];
    const holder = existing.byExtension.get(number);
    if (holder !== undefined && holder !== username) return [`extension-taken:${holder}`];
    const earlier = extensions.get(number);
    if (earlier !== undefined) return [`twice-extension:${earlier}`];
    extensions.set(number, line);
    return [];
  }

  function changedLine(line: number, before: ExistingUser, user: ImportedUser): CheckedLine {
    const changed = CHANGING.filter((name) => before[name] !== user[name]);
    const common = { line, user, userId: before.id, userVersion: before.version };
    if (changed.length === 0) return { ...common, verdict: 'same', reasons: [] };
    const warnings = changed.includes('email') ? emailWarnings(user) : [];
    return { ...common, verdict: 'change', reasons: [...changed.map((name) => `changed:${name}`), ...warnings] };
  }

  /** A shared address is allowed, but single sign-on could not tell its users apart. */
  function emailWarnings({ email }: ImportedUser) {
    if (!email) return [];
    const key = email.toLowerCase();
    const others = (existing.byEmail.get(key) ?? 0) + (emails.get(key) ?? 0);
    emails.set(key, (emails.get(key) ?? 0) + 1);
    return others > 0 ? ['email-shared'] : [];
  }
}

/** Returns the address of `Ann <ann@example.com>` or `mailto:ann@example.com`. */
function bareAddress(text: string) {
  const address = /^[^<>]*<([^<>\s]+)>$/.exec(text)?.[1] ?? text;
  return address.replace(/^mailto:/i, '').trim();
}

/** Returns the user that a line describes; empty cells keep the values of `before`. */
function mergedUser(cell: Cell, before: ExistingUser | undefined): ImportedUser {
  const role = cell('role') ? roleOf(cell('role')) : before?.role;
  const locale = cell('language') ? languageOf(cell('language')) : before?.locale;
  return {
    username: cell('username').toLowerCase(),
    extension: cell('extension') || (before?.extension ?? null),
    firstName: cell('firstName') || (before?.firstName ?? ''),
    lastName: cell('lastName') || (before?.lastName ?? ''),
    email: cell('email') || (before?.email ?? null),
    role: role ?? 'agent',
    locale: locale ?? null,
  };
}

function nameReasons(cell: Cell, user: ImportedUser) {
  return (['firstName', 'lastName'] as const).flatMap((name) => {
    if (user[name] === '') return [`${name}-missing`];
    const wrong = cell(name) ? checkName(user[name], name) : undefined;
    if (!wrong) return [];
    return [wrong.error === 'name-link' ? `${name}-link` : name];
  });
}

function otherReasons(cell: Cell, before: ExistingUser | undefined, actorId: string | null) {
  const reasons: string[] = [];
  const role = cell('role') ? roleOf(cell('role')) : before?.role;
  if (cell('email') && !isEmail(cell('email'))) reasons.push('email');
  if (cell('role') && !role) reasons.push('role');
  if (cell('language') && !languageOf(cell('language'))) reasons.push('language');
  if (before && role && role !== before.role) {
    if (before.id === actorId) reasons.push('own-role');
    if (before.emergency) reasons.push('emergency-role');
  }
  return reasons;
}

function refused(line: number, reasons: string[]): CheckedLine {
  return { line, verdict: 'refused', reasons, user: null, userId: null, userVersion: null };
}
