import { expect, test } from 'vitest';
import { cleanName } from '@/components/phone/machine/clean-name';

test.each([
  ['Ruth Abrams', 'Ruth Abrams'],
  ['  Ruth \r\n\t Abrams ', 'Ruth Abrams'],
  ['Zoë Brzęczyszczykiewicz', 'Zoë Brzęczyszczykiewicz'],
  ['<b>Ruth</b>', '<b>Ruth</b>'],
  ['\u202egnitekraM\u202c', 'gnitekraM'],
  ['Ru\u200bth\u0007\u001b[31m', 'Ruth[31m'],
  ['\u2066Ruth\u2069\ufeff', 'Ruth'],
  ['\ud800Ruth', 'Ruth'],
  ['', ''],
  ['\u202e\u0000', ''],
])('%j is shown as %j', (raw, shown) => {
  expect(cleanName(raw)).toBe(shown);
});

test('a long one is cut at a letter, not within one', () => {
  const cut = cleanName('🦊'.repeat(500));
  expect([...cut]).toHaveLength(60);
  expect(cut.endsWith('…')).toBe(true);
  expect(cut.isWellFormed()).toBe(true);
});

test('stacked combining marks are removed', () => {
  const tower = `R${'\u0301\u0316\u0322'.repeat(100)}uth`;
  expect(cleanName(tower).length).toBeLessThan(10);
});

test('what is no text has no name', () => {
  for (const raw of [undefined, null, 7, {}, []]) expect(cleanName(raw)).toBe('');
});
