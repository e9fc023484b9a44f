import { randomUUID } from 'node:crypto';
import type { Locale } from '@/lib/language/locale';
import { checkName, isEmail, isExtension, isUsername } from '@/lib/users/form';
import { languageOf, type Mapping, roleOf } from '@/lib/users/import/columns';

/** What the database knows of somebody whom a file may mean. */
export type Known = {
  id: string;
  username: string;
  extension: string | null;
  firstName: string;
  lastName: string;
  email: string | null;
  role: 'agent' | 'administrator';
  locale: Locale | null;
  emergency: boolean;
  version: number;
};

export type ImportedUser = {
  username: string;
  extension: string | null;
  firstName: string;
  lastName: string;
  email: string | null;
  role: 'agent' | 'administrator';
  locale: Locale | null;
};

export type Verdict = 'create' | 'change' | 'same' | 'refused';

/** `reasons` are codes, some with a word behind a colon: why it is refused, what changes, and what to beware of. */
export type CheckedLine = {
  line: number;
  verdict: Verdict;
  reasons: string[];
  person: ImportedUser | null;
  userId: string | null;
  userVersion: number | null;
};

type Existing = {
  byUsername: Map<string, Known>;
  /** Who has an extension now, by username. */
  byExtension: Map<string, string>;
  /** How many have an address now. */
  byEmail: Map<string, number>;
  /** How many may still be added: of active users there is a limit. */
  room: number;
};

const CHANGING = ['extension', 'firstName', 'lastName', 'email', 'role', 'locale'] as const;

/** Promises a judge of the lines of one file, to be shown them in order. What it is not told of does not change. Pure. */
export function lineChecker(mapping: Mapping, existing: Existing, actorId: string | null) {
  const usernames = new Map<string, number>();
  const extensions = new Map<string, number>();
  const emails = new Map<string, number>();
  let { room } = existing;

  return ({ line, cells }: { line: number; cells: readonly string[] }): CheckedLine => {
    const cell = (field: keyof Mapping) => {
      const at = mapping[field];
      return at === undefined ? '' : (cells[at] ?? '');
    };
    const username = cell('username').toLowerCase();
    const known = existing.byUsername.get(username);
    const reasons: string[] = [];
    if (!username) reasons.push('username-missing');
    else if (!isUsername(username)) reasons.push('username');
    const sameName = usernames.get(username);
    if (username && sameName !== undefined) reasons.push(`twice-username:${sameName}`);
    else usernames.set(username, line);

    const role = cell('role') ? roleOf(cell('role')) : (known?.role ?? 'agent');
    const locale = cell('language') ? languageOf(cell('language')) : (known?.locale ?? null);
    const person: ImportedUser = {
      username,
      extension: cell('extension') || (known?.extension ?? null),
      firstName: cell('firstName') || (known?.firstName ?? ''),
      lastName: cell('lastName') || (known?.lastName ?? ''),
      email: cell('email') || (known?.email ?? null),
      role: role ?? 'agent',
      locale: locale ?? null,
    };
    for (const name of ['firstName', 'lastName'] as const) {
      if (person[name] === '') reasons.push(`${name}-missing`);
      else if (cell(name)) {
        const wrong = checkName(person[name], name);
        if (wrong) reasons.push(wrong.error === 'name-link' ? `${name}-link` : name);
      }
    }
    if (cell('extension')) {
      if (isExtension(person.extension ?? '')) reasons.push(...extensionTrouble(person, line));
      else reasons.push('extension');
    }
    if (cell('email') && !isEmail(cell('email'))) reasons.push('email');
    if (!role) reasons.push('role');
    if (cell('language') && !locale) reasons.push('language');
    if (known && role && role !== known.role) {
      if (known.id === actorId) reasons.push('own-role');
      if (known.emergency) reasons.push('emergency-role');
    }
    if (reasons.length > 0) return refused(line, reasons);
    if (!known) {
      if (room < 1) return refused(line, ['user-limit']);
      room -= 1;
      return { line, verdict: 'create', reasons: sharedEmail(person), person, userId: randomUUID(), userVersion: null };
    }
    const changed = CHANGING.filter((name) => known[name] !== person[name]);
    const common = { line, person, userId: known.id, userVersion: known.version };
    if (changed.length === 0) return { ...common, verdict: 'same', reasons: [] };
    const notes = changed.includes('email') ? sharedEmail(person) : [];
    return { ...common, verdict: 'change', reasons: [...changed.map((name) => `changed:${name}`), ...notes] };
  };

  function extensionTrouble({ username, extension }: ImportedUser, line: number) {
    const number = extension ?? '';
    const holder = existing.byExtension.get(number);
    if (holder !== undefined && holder !== username) return [`extension-taken:${holder}`];
    const earlier = extensions.get(number);
    if (earlier !== undefined) return [`twice-extension:${earlier}`];
    extensions.set(number, line);
    return [];
  }

  /** Allowed, but single sign-on could not tell the two apart. */
  function sharedEmail({ email }: ImportedUser) {
    if (!email) return [];
    const key = email.toLowerCase();
    const others = (existing.byEmail.get(key) ?? 0) + (emails.get(key) ?? 0);
    emails.set(key, (emails.get(key) ?? 0) + 1);
    return others > 0 ? ['email-shared'] : [];
  }
}

function refused(line: number, reasons: string[]): CheckedLine {
  return { line, verdict: 'refused', reasons, person: null, userId: null, userVersion: null };
}
