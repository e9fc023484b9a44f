import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Set by the start itself, never by an administrator. */
const INTERNAL = ['NODE_ENV', 'GATEHOUSE_EMBEDDED'];
/** Read by the embedded database, which starts before the settings are checked. */
const EMBEDDED = ['GATEHOUSE_DATA'];

const example = readFileSync('.env.example', 'utf8');
const names = [...settings(), ...EMBEDDED].filter((name) => !INTERNAL.includes(name)).sort();

test('.env.example lists exactly the settings that are read, each below a comment', () => {
  expect([...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name).sort()).toEqual(names);
  const blocks = example.trim().split(/\n\n+/).slice(1);
  expect(blocks.filter((block) => !block.startsWith('# '))).toEqual([]);
});

test('the table of settings in README.md lists the same', () => {
  const readme = readFileSync('README.md', 'utf8');
  const table = /\| Variable \|[\s\S]*?\n\n/.exec(readme)?.[0] ?? '';
  const listed = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name),
  );
  expect(listed.sort()).toEqual(names);
});

/** Returns the names in the schema of lib/env.ts. */
function settings() {
  const source = readFileSync('lib/env.ts', 'utf8');
  const schema = /const schema = z\.object\(\{([\s\S]*?)\n\}\);/.exec(source)?.[1] ?? '';
  return [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);
}
