import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

type TopLevelFunction = { place: string; file: string; parameters: string; body: string; lines: number };

const FOLDERS = ['app', 'components', 'lib', 'db'];
const functions = FOLDERS.flatMap(filesIn).flatMap(functionsIn);

test('95 % of the functions of lib and db have at most 30 lines, and none has more than 100', () => {
  const own = functions.filter(({ file }) => /^(lib|db)\//.test(file));
  const long = own.filter(({ lines }) => lines > 30).map(({ place }) => place);
  expect(own.length).toBeGreaterThan(1000);
  expect(long.length / own.length, long.join(', ')).toBeLessThanOrEqual(0.05);
  expect(functions.filter(({ lines }) => lines > 100).map(({ place }) => place)).toEqual([]);
});

/** Where only an id is known: of a chain, which may be the provider's, of a job, or of a form. */
const BY_ID = /^lib\/(audit|keys|operators|rate-limit)\/|^lib\/(auth|users\/unfinished)\.ts$/;

test('a function takes tenantId in a transaction, and the tenant where it opens one', () => {
  const withId = functions
    .filter(({ parameters }) => takesTx(parameters) && /\btenant: /.test(parameters))
    .filter(({ body }) => [...body.matchAll(/\btenant\b(?!: )(\.id\b)?/g)].every(([, id]) => id !== undefined));
  const opening = functions
    .filter(({ file, parameters }) => !BY_ID.test(file) && !takesTx(parameters))
    .filter(({ parameters, body }) => /\btenantId: string/.test(parameters) && body.includes('withTenant(tenantId'));
  expect([...withId, ...opening].map(({ place }) => place)).toEqual([]);
});

function takesTx(parameters: string) {
  return /^(?:<.*>)?\(\s*tx: Tx\b/.test(parameters);
}

function filesIn(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.posix.join(folder, name));
}

/** Functions of the outermost level, which Biome ends with a brace at the beginning of a line. */
function functionsIn(file: string): TopLevelFunction[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/^(?:export )?(?:default )?(?:async )?function\*? (\w+)([\s\S]*?)^}/gm);
  return [...found].map(([whole, name, rest = '']) => {
    const end = rest.search(/\)(?::[^\n]*)? \{\n/);
    return {
      place: `${file} ${name}`,
      file,
      parameters: rest.slice(0, end),
      body: rest.slice(end),
      lines: whole.split('\n').length,
    };
  });
}
