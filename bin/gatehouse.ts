import { parseArgs } from 'node:util';
import { COMMANDS } from '@/bin/command/commands';
import { openDatabase } from '@/bin/command/database';
import { EXIT } from '@/bin/command/exit';
import { sayFailure, sayHelp } from '@/bin/command/help';
import { Misused, type Option, type Outcome } from '@/bin/command/outcome';
import { terminal } from '@/bin/command/terminal';
import { closeDatabase } from '@/db';
import { DatabaseUnreachable } from '@/db/connection-problem';
import { InvalidEnv } from '@/lib/env';
import { closeHashing } from '@/lib/passwords/hashing';
import { Unavailable } from '@/lib/result';
import { plainText } from '@/lib/text';
import { version } from '@/package.json';

/**
 * `npx gatehouse`: what operators do without the console, by the same rules and with the same
 * trail. docs/command-line.md
 */

Object.assign(process.env, { NODE_ENV: 'production', LOG_LEVEL: process.env.LOG_LEVEL || 'error' });
// Only the server that started a database of its own makes it a demonstration; no setting may say
// so.
process.env.GATEHOUSE_EMBEDDED = '';

const [name = 'help', ...rest] = process.argv.slice(2);
const json = rest.includes('--json');
const out = terminal({ json });

run().then(
  (code) => end(code),
  (error) => end(reportOf(error)),
);

async function run() {
  if (/^(help|--help|-h)$/.test(name)) return say(sayHelp(rest.find((word) => !word.startsWith('-'))));
  if (/^(version|--version|-v)$/.test(name)) return answer({ ok: true, told: { version }, text: version });
  const command = COMMANDS[name];
  if (!command) throw new Misused(`there is no command ${name}; gatehouse help shows all of them`);
  if (rest.includes('--help') || rest.includes('-h')) return say(sayHelp(name));
  const { values, positionals } = parse(command.options ?? {});
  const [least, most] = [command.words.filter((word) => !word.startsWith('[')).length, command.words.length];
  if (positionals.length < least || positionals.length > most)
    throw new Misused(`gatehouse ${[name, ...command.words].join(' ')}`);
  if (command.database !== false) await openDatabase();
  return answer(await command.run({ words: positionals, options: values, terminal: out }));
}

function parse(options: Record<string, Option>) {
  try {
    const known = { ...options, json: { type: 'boolean' } } as const;
    return parseArgs({ args: rest, options: known, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : 'that cannot be read');
  }
}

function answer(outcome: Outcome) {
  if (outcome.ok || 'found' in outcome) {
    out.result(outcome.told ?? {}, outcome.text, outcome.ok);
    return outcome.ok ? EXIT.done : EXIT.found;
  }
  out.refuse(outcome.error, sayFailure(outcome));
  return EXIT.refused;
}

function say(text: string) {
  process.stdout.write(`${text}\n`);
  return EXIT.done;
}

function reportOf(error: unknown) {
  if (error instanceof Misused) {
    out.refuse('usage', error.message);
    return EXIT.misused;
  }
  if (error instanceof InvalidEnv) {
    out.refuse(error instanceof DatabaseUnreachable ? 'unavailable' : 'settings', error.message);
    return EXIT.unavailable;
  }
  if (error instanceof Unavailable) {
    out.refuse('unavailable', unavailableText(error));
    return EXIT.unavailable;
  }
  // A statement's parameters stand in some errors' messages, so the name alone is told.
  out.refuse(
    'bug',
    error instanceof Error ? `${error.name}: ${plainText(error.message, 200)}` : 'something is wrong in Gatehouse',
  );
  return EXIT.bug;
}

function unavailableText({ service, code }: Unavailable) {
  if (service === 'keys')
    return `GATEHOUSE_SECRETS: has no key ${code}, which the data was written under; add it at the end`;
  return `${service} does not answer${code ? ` (${code})` : ''}; nothing was changed by what was under way`;
}

async function end(code: number) {
  await Promise.allSettled([closeHashing(), closeDatabase(1)]);
  process.exitCode = code;
}
