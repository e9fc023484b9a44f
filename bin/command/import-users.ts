import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTranslator } from 'next-intl';
import { CAUSE, type Command, type Given, Misused, type Outcome, text } from '@/bin/command/outcome';
import { fileProblem } from '@/lib/environment/file-problem';
import { allMessages } from '@/lib/language/messages';
import { findTenant, type Tenant } from '@/lib/tenants/tenants';
import { applyImport } from '@/lib/users/import/apply';
import { FIELDS, guessMapping, type Mapping, TEMPLATE } from '@/lib/users/import/columns';
import { ENCODINGS } from '@/lib/users/import/encodings';
import { findImport, listImportLines } from '@/lib/users/import/imports';
import { planImport } from '@/lib/users/import/plan';
import { FIRST_LINES, LARGEST_FILE } from '@/lib/users/import/read';
import { startImport } from '@/lib/users/import/start';
import { uploadFile } from '@/lib/users/import/upload';

export const importUsersCommand: Command = {
  words: ['<account ID>', '<file.csv>'],
  options: {
    'dry-run': { type: 'boolean' },
    invite: { type: 'boolean' },
    'without-refused': { type: 'boolean' },
    columns: { type: 'string' },
    encoding: { type: 'string' },
    'first-line': { type: 'string' },
  },
  what: 'creates and changes users from a CSV file, all of it or nothing',
  more: [
    'Columns are known by their names; --columns username=1,first_name=2 says which they are, from 1.',
    `--encoding says how the file is encoded, if it is not detected: ${ENCODINGS.join(', ')}.`,
    '--first-line says whether the first line has the names of the columns or is a user: names, user.',
    '--dry-run only lists what would be done. --invite mails an invitation to each new user with an address.',
    'Where a line is refused, nothing is done, unless --without-refused leaves it out.',
  ],
  run: bringIn,
};

async function bringIn(given: Given): Promise<Outcome> {
  const [accountId = '', file = ''] = given.words;
  const tenant = await findTenant(accountId);
  if (!tenant) return { ok: false, error: 'no-tenant' };
  const place = path.resolve(process.env.GATEHOUSE_CWD || '.', file);
  const bytes = await readUpTo(place, LARGEST_FILE);
  if (!bytes) return { ok: false, error: 'file-large' };
  const taken = await uploadFile(
    tenant,
    { name: path.basename(place), bytes, encoding: encodingOf(given), firstLine: firstLineOf(given) },
    CAUSE,
  );
  if (!taken.ok) return taken;
  const mapping = mappingOf(given, (await findImport(tenant, taken.id))?.header ?? []);
  const planned = await planImport(tenant, taken.id, { mapping, invite: Boolean(given.options.invite) }, CAUSE);
  if (!planned.ok) return planned;
  const told = { tenant: tenant.accountId, import: taken.id, ...planned.counts };
  const refused = await refusedLines(tenant, taken.id);
  const summary = `${planned.counts.create} to create, ${planned.counts.change} to change, ${planned.counts.same} as they are, ${planned.counts.refused} refused`;
  if (given.options['dry-run'])
    return { ok: true, told: { ...told, lines: refused }, text: [...refused.map(shown), summary].join('\n') };
  const started = await startImport(tenant, taken.id, Boolean(given.options['without-refused']), CAUSE);
  // The page's field for this is an option here, which the words name.
  if (!started.ok) return { ok: false, error: started.error };
  const failed = await apply(tenant, taken.id, given);
  return failed
    ? { ok: false, error: failed }
    : { ok: true, told: { ...told, applied: true }, text: `done: ${summary}` };
}

/** Returns what the first line is. Throws Misused for an unknown word. */
function firstLineOf(given: Given) {
  const chosen = text(given, 'first-line') ?? 'auto';
  const known = FIRST_LINES.find((one) => one === chosen);
  if (!known) throw new Misused('--first-line is names or user');
  return known;
}

/** Returns the chosen encoding, or undefined. Throws Misused for an unknown one. */
function encodingOf(given: Given) {
  const chosen = text(given, 'encoding');
  if (chosen === undefined) return undefined;
  const known = ENCODINGS.find((one) => one === chosen.toLowerCase());
  if (!known) throw new Misused(`--encoding is one of ${ENCODINGS.join(', ')}`);
  return known;
}

/**
 * Returns what a file holds, or undefined where it is too large. Throws Misused where it cannot be
 * read.
 */
async function readUpTo(place: string, largest: number) {
  try {
    const found = await stat(place);
    if (!found.isFile()) throw new Misused(`${place} cannot be read: this is not a file`);
    return found.size > largest ? undefined : await readFile(place);
  } catch (error) {
    const problem = fileProblem(error);
    throw problem ? new Misused(`${place} cannot be read: ${problem}`) : error;
  }
}

/**
 * A running instance may take the job before us: either way it is done once, and told from the
 * table.
 */
async function apply(tenant: Tenant, id: string, { terminal }: Given) {
  const applying = applyImport(tenant, id).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  for (;;) {
    const broken = await Promise.race([applying, delay(300)]);
    if (broken) throw broken.error;
    const found = await findImport(tenant, id);
    const total = (found?.counts?.create ?? 0) + (found?.counts?.change ?? 0);
    terminal.progress(found?.done ?? 0, total, 'users');
    if (found?.state !== 'applying') return found?.failure ?? undefined;
  }
}

function mappingOf(given: Given, header: readonly string[]): Mapping {
  const said = text(given, 'columns');
  if (!said) return guessMapping(header);
  return Object.fromEntries(
    said.split(',').map((pair) => {
      const [name = '', at = ''] = pair.split('=').map((part) => part.trim());
      const field = FIELDS.find((known) => TEMPLATE[known] === name);
      if (!field || !/^\d{1,3}$/.test(at)) throw new Misused(`--columns takes ${Object.values(TEMPLATE).join(', ')}`);
      return [field, Number(at) - 1];
    }),
  );
}

type Refused = { line: number; reasons: string[] };

async function refusedLines(tenant: Tenant, id: string): Promise<Refused[]> {
  const lines: Refused[] = [];
  for (let after = 0; ; ) {
    const page = await listImportLines(tenant, id, { verdict: 'refused', after, limit: 1000 });
    lines.push(...page.map(({ line, reasons }) => ({ line, reasons })));
    const last = page.at(-1)?.line;
    if (last === undefined) return lines;
    after = last;
  }
}

/** The page's own sentences; --json keeps the codes. */
function shown({ line, reasons }: Refused) {
  const say = createTranslator({ locale: 'en', messages: allMessages('en') }) as (
    key: string,
    values: object,
  ) => string;
  const sentences = reasons.map((reason) => {
    const [code, ...words] = reason.split(':');
    return say(`import.reason.${code}`, { word: words.join(':') });
  });
  return `line ${line}: ${sentences.join(' ')}`;
}
