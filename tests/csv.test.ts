import { expect, test } from 'vitest';
import { csvLine, withoutApostrophes } from '@/lib/csv';

const DANGEROUS = ['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', ' =1+1', '\t=1+1'];

test('no separator of any spreadsheet lets a cell begin with a formula', () => {
  for (const separator of [',', ';', '|', '\t', '\n', '\r\n', '; ', ',\t'])
    for (const formula of DANGEROUS) {
      const line = csvLine(['Ann', `x${separator}${formula}`, 'y']);
      // A spreadsheet that knows another separator ignores quotes within a cell.
      const pieces = line.split(/[,;|\t\r\n]/).map((piece) => piece.replace(/^[\s"]+/, ''));
      expect([line, pieces.filter((piece) => /^[=+\-@＝＋－＠]/u.test(piece))]).toEqual([line, []]);
    }
});

test('cells that other spreadsheets would split are quoted', () => {
  expect(csvLine(['a;b', 'c|d', 'e\tf', 'g,h', 'i "j"', 'k'])).toBe('"a;b","c|d","e\tf","g,h","i ""j""",k\r\n');
});

test('an import reads a cell as it was before the export', () => {
  for (const cell of ['=1+1', '\t=1', ' =1', 'x;=1+1', 'x| +1', '-', 'O’Neil', "'quoted'", 'a,-b', '@home'])
    expect([cell, withoutApostrophes(guarded(cell))]).toEqual([cell, cell]);
});

function guarded(cell: string) {
  const line = csvLine([cell]).slice(0, -2);
  return line.startsWith('"') ? line.slice(1, -1).replaceAll('""', '"') : line;
}
