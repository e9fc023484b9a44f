import { createTranslator } from 'next-intl';
import { COMMANDS } from '@/bin/command/commands';
import { Misused, type Outcome } from '@/bin/command/outcome';
import { fileReason } from '@/lib/environment/file-problem';
import { allMessages } from '@/lib/language/messages';

/** Returns the help of all commands or of one. */
export function sayHelp(name?: string) {
  if (!name) {
    const width = Math.max(...Object.keys(COMMANDS).map((known) => known.length));
    const lines = Object.entries(COMMANDS).map(([known, command]) => `  ${known.padEnd(width)}  ${command?.what}`);
    return [
      'gatehouse <command> [--json]',
      '',
      ...lines,
      '',
      'gatehouse help <command> says more; --version prints the version. Exit codes: docs/command-line.md',
    ].join('\n');
  }
  const command = COMMANDS[name];
  if (!command) throw new Misused(`there is no command ${name}`);
  const options = Object.entries(command.options ?? {}).map(
    ([option, { type, multiple }]) => `[--${option}${type === 'string' ? ' …' : ''}]${multiple ? '…' : ''}`,
  );
  return [
    `gatehouse ${[name, ...command.words, ...options, '[--json]'].join(' ')}`,
    '',
    command.what,
    ...(command.more ?? []),
  ].join('\n');
}

/** Returns the message of a failure, the pages' own if there is one. */
export function sayFailure(outcome: Extract<Outcome, { error: string }>) {
  const messages = allMessages('en');
  const say = createTranslator({ locale: 'en', messages, onError: () => undefined }) as (
    key: string,
    values: object,
  ) => string;
  const { error, field } = outcome;
  const sentence = error in messages.failures ? say(`failures.${error}`, outcome) : undefined;
  const words = OWN[error] ?? sentence ?? fileReason(error) ?? error;
  return field ? `${PLACE[field] ?? field}: ${words}` : words;
}

/** What the pages call these fields is an option here. */
const PLACE: Record<string, string> = {
  accountId: 'account ID',
  userLimit: '--limit',
  timeZone: '--time-zone',
  firstName: '--first-name',
  lastName: '--last-name',
};

const OWN: Record<string, string> = {
  'not-found': 'There is nothing of that name here.',
  'no-tenant': 'There is no account with this ID.',
  'no-user': 'There is no user with this username or extension in the account.',
  'no-operator': 'There is no operator with this username.',
  'account-id':
    'This cannot be an account ID, or it is reserved: use letters, digits and hyphens, at most 63 characters, without hyphens in places 3 and 4.',
  taken: 'This name is taken.',
  'import-refused':
    'Lines were refused, and nothing was done: --dry-run lists them, --without-refused leaves them out.',
  EEXIST: 'The file is there already, and is not written over.',
  ENOENT: 'The folder of this file is not there.',
};
