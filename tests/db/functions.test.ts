import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readFunctions } from '@/db/functions';

const { files, digest } = readFunctions();

test('a file of db/functions creates the one function that it is named after, under a comment', () => {
  expect(files.length).toBeGreaterThan(40);
  const wrong = files.filter(({ name, text }) => {
    const created = [...text.matchAll(/^CREATE (?:OR REPLACE )?FUNCTION (\w+)\(/gm)].map(([, found]) => found);
    return created.join() !== path.basename(name) || !/^-- [A-Z]/.test(text);
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
  expect(new Set(files.map(({ name }) => path.basename(name))).size).toBe(files.length);
});

test('a function that runs with the rights of its owner sets its search path', () => {
  const definer = files.filter(({ text }) => /SECURITY DEFINER/.test(text));
  expect(definer.length).toBeGreaterThan(5);
  const open = definer.filter(({ text }) => !/SECURITY DEFINER SET search_path = public, pg_temp /.test(text));
  expect(open.map(({ name }) => name)).toEqual([]);
});

test('db/functions/versions.json ends with the digest of the functions: append it after a change', () => {
  const versions: string[] = JSON.parse(readFileSync('db/functions/versions.json', 'utf8'));
  expect(versions.at(-1)).toBe(digest);
  expect(new Set(versions).size).toBe(versions.length);
});
