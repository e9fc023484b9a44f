import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { CHECKS, REASONS } from '@/lib/sso/answer';
import { DIAGNOSES } from '@/lib/sso/sign-in/diagnosis';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';

const english = flat(en);
const french = flat(fr);
const sources = ['app', 'components', 'lib', 'bin'].flatMap((folder) => filesIn(folder));
const code = sources.join('\n');

test('both languages say the same things', () => {
  expect(Object.keys(french).sort()).toEqual(Object.keys(english).sort());
  for (const [key, sentence] of [...Object.entries(english), ...Object.entries(french)])
    expect([key, sentence.trim()]).not.toEqual([key, '']);
});

test('with the same values in them', () => {
  for (const key of Object.keys(english)) {
    expect([key, valuesOf(french[key] ?? '', 'fr')]).toEqual([key, valuesOf(english[key] ?? '', 'en')]);
  }
});

test('and none with a date or a time in it: what says them knows no time zone', () => {
  const dated = [...Object.entries(english), ...Object.entries(french)].filter(([, sentence]) =>
    /\{\s*\w+\s*,\s*(date|time)\b/.test(sentence),
  );
  expect(dated).toEqual([]);
});

test('French has no English apostrophe, and its spaces before : ? ! » do not break', () => {
  const wrong = Object.entries(french).filter(([, sentence]) => {
    const words = sentence.replace(/\{[^{}]*\}/g, '').replace(/https?:\S*/g, '');
    return /\p{L}'\p{L}/u.test(words) || / [:?!;»]/.test(words) || /« /.test(words);
  });
  expect(wrong).toEqual([]);
});

test('every failure that the domain returns has its sentence', () => {
  const told = new Set<string>();
  for (const text of ['app', 'lib'].flatMap((folder) => filesIn(folder))) {
    for (const [, failure = ''] of text.matchAll(/\bfailure\(\s*'([a-z-]+)'/g)) told.add(failure);
    for (const [, union = ''] of text.matchAll(/\bok: false; error: ([^;}]+)/g)) {
      for (const [, failure = ''] of union.matchAll(/'([a-z-]+)'/g)) told.add(failure);
    }
    for (const [, failure = ''] of text.matchAll(/\bok: false, error: '([a-z-]+)'/g)) told.add(failure);
  }
  // Answered by a page, at the start, or by the audit's own check: never by a form.
  for (const elsewhere of ['not-found', 'broken', 'cut', 'no-tenant', 'no-user', 'no-operator']) told.delete(elsewhere);
  expect(told.size).toBeGreaterThan(25);
  const known = Object.keys(en.failures);
  expect([...told].filter((failure) => !known.includes(failure))).toEqual([]);
  const always = ['field', 'check-fields', 'busy', 'unavailable'];
  expect(known.filter((failure) => !told.has(failure) && !always.includes(failure))).toEqual([]);
});

test('every sentence that an action answers with is there', () => {
  const parts = Object.keys(en).join('|');
  const answers = filesIn('app', /actions?\.ts$/).join('\n');
  const said = [...answers.matchAll(new RegExp(`'((?:${parts})\\.[\\w.]+)'`, 'g'))].map(([, name = '']) => name);
  expect(said.length).toBeGreaterThan(50);
  expect(said.filter((name) => !(name in english))).toEqual([]);
});

test('every reason of a refusal and every check has its words', () => {
  expect(REASONS.filter((reason) => !DIAGNOSES[reason])).toEqual([]);
  expect(Object.keys(en.ssoReasons).sort()).toEqual([...REASONS].sort());
  expect(Object.keys(en.ssoChecks).sort()).toEqual([...CHECKS].sort());
  const sides = Object.values(DIAGNOSES).flatMap(({ side }) => (typeof side === 'string' ? side : Object.values(side)));
  expect([...new Set(sides)].sort()).toEqual(Object.keys(en.singleSignOn.side).sort());
  const compared = Object.values(DIAGNOSES).flatMap(({ compare = [] }) => compare);
  expect(compared.filter((name) => !(name in en.singleSignOn.our))).toEqual([]);
});

test('no part of the words is left over', () => {
  const unused = Object.keys(en).filter(
    (part) =>
      !new RegExp(
        `['"\`]${part}(\\.|['"\`])|allMessages\\(\\w+\\)\\.${part}|\\b(messages|words|all)\\.${part}\\b`,
      ).test(code),
  );
  expect(unused).toEqual([]);
});

function flat(words: object, before = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [[before + key, value]] : Object.entries(flat(value, `${before}${key}.`)),
    ),
  );
}

function valuesOf(sentence: string, locale: string) {
  const names = new Set<string>();
  const collect = (parts: ReturnType<IntlMessageFormat['getAst']>) => {
    for (const part of parts) {
      if (part.type !== 0 && part.type !== 7) names.add(String(part.value));
      if ('options' in part) for (const option of Object.values(part.options)) collect(option.value);
      if ('children' in part) collect(part.children);
    }
  };
  collect(new IntlMessageFormat(sentence, locale).getAst());
  return [...names].sort();
}

function filesIn(folder: string, names = /\.tsx?$/) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
}
