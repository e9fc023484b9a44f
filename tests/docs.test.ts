import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...['docs', 'deploy'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];
const texts = new Map(documents.map((file) => [file, readFileSync(file, 'utf8')]));

test('every document is wrapped at 100 columns, apart from tables, links and code', () => {
  const long = documents.flatMap((file) =>
    prose(texts.get(file) ?? '')
      .filter(({ line }) => [...line].length > 100 && !/^\|/.test(line) && !/\]\([^)]+\)|https?:\/\//.test(line))
      .map(({ number, line }) => `${file}:${number} has ${[...line].length}`),
  );
  expect(long).toEqual([]);
});

test('every relative link of a document leads to a file', () => {
  const broken = documents.flatMap((file) =>
    [...(texts.get(file) ?? '').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(path.join(path.dirname(file), target)))
      .map((target) => `${file} links to ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every file and folder that a document names exists', () => {
  const missing = documents.flatMap((file) =>
    [...(texts.get(file) ?? '').matchAll(/`((?:app|bench|bin|components|db|deploy|docs|lib|tests)\/[^`\s<*]*)`/g)]
      .map(([, name = '']) => name)
      .filter((name) => !/\.env$/.test(name) && !existsSync(name))
      .map((name) => `${file} names ${name}`),
  );
  expect(missing).toEqual([]);
});

test('the index of decisions lists every record with its title, status and date', () => {
  const index = texts.get('docs/decisions/README.md') ?? '';
  const records = documents.filter((file) => /^docs\/decisions\/\d{4}-/.test(file));
  expect(records.length).toBeGreaterThan(20);
  const missing = records.filter((file) => {
    const [title = '', , status = ''] = (texts.get(file) ?? '').split('\n');
    const [, state = '', date = ''] = /^(In force|Superseded by \d{4}) · (\d{4}-\d{2}-\d{2})/.exec(status) ?? [];
    const link = `[${title.replace(/^# /, '')}](${path.basename(file)})`;
    return !date || !index.includes(`| ${link} | ${state.toLowerCase()} | ${date} |`);
  });
  expect(missing).toEqual([]);
});

/** Returns the lines outside code blocks, with their numbers. */
function prose(text: string) {
  let fenced = false;
  return text
    .split('\n')
    .map((line, at) => ({ number: at + 1, line }))
    .filter(({ line }) => {
      if (line.startsWith('```')) fenced = !fenced;
      return !fenced && !line.startsWith('    ');
    });
}
