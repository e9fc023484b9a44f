import type { Cause } from '@/lib/audit/record';

/**
 * The result of a command: `told` for --json, `text` for a terminal. `found`: a check found a
 * fault.
 */
export type Outcome =
  | { ok: true; told?: Record<string, unknown>; text: string }
  | { ok: false; found: true; told: Record<string, unknown>; text: string }
  | { ok: false; error: string; field?: string };

/** Where a command tells how far it is: seen on a terminal, silent in a script. */
export type Terminal = {
  progress(done: number, of: number, what: string): void;
  /** `ok` is false where what was looked for was found. */
  result(told: Record<string, unknown>, text: string, ok: boolean): void;
  refuse(code: string, text: string): void;
};

export type Given = {
  words: string[];
  options: Record<string, string | boolean | (string | boolean)[] | undefined>;
  terminal: Terminal;
};

export type Option = { type: 'string' | 'boolean'; multiple?: boolean };

export type Command = {
  /** What stands behind its name, in order; in brackets what may be left out. */
  words: string[];
  options?: Record<string, Option>;
  /** One line of help, and more for `gatehouse help <command>`. */
  what: string;
  more?: string[];
  /** false for what must run while there is none. */
  database?: false;
  run(given: Given): Promise<Outcome>;
};

/** The command was called in a way that it does not know. */
export class Misused extends Error {
  override name = 'Misused';
}

/** Who acts: the trail says that it was the command line. */
export const CAUSE: Cause = {
  actorId: null,
  address: 'command line',
  userAgent: 'gatehouse command line',
  requestId: `command-${process.pid}-${Date.now()}`,
};

export function text(given: Given, name: string) {
  const value = given.options[name];
  return typeof value === 'string' && value.trim() ? value.trim() : undefined;
}

/** Returns every value of an option that may be given several times. */
export function texts(given: Given, name: string) {
  const values = [given.options[name] ?? []].flat();
  return values.filter((value) => typeof value === 'string').map((value) => value.trim());
}

/** Returns a required option. Throws Misused without it. */
export function needed(given: Given, name: string) {
  const value = text(given, name);
  if (!value) throw new Misused(`--${name} is needed`);
  return value;
}
