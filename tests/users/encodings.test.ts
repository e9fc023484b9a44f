import { expect, test } from 'vitest';
import { decodeWindows1252 } from '@/lib/text';
import { decode, detectEncoding, ENCODINGS, type Encoding } from '@/lib/users/import/encodings';
import { readCsv } from '@/lib/users/import/read';

const HEADER = 'username;first_name;last_name\r\n';

test('every byte from 0x80 to 0x9F is read as Windows-1252 on this version of Node', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => 0x80 + at));
  expect(decodeWindows1252(bytes)).toBe('€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ');
  expect(decodeWindows1252(Buffer.from([0x41, 0x7f, 0xa0, 0xe9, 0xff]))).toBe('A\u007f\u00a0éÿ');
});

test('every eight-bit encoding has 128 different characters above ASCII', () => {
  const bytes = Buffer.from(Array.from({ length: 128 }, (_, at) => 0x80 + at));
  for (const encoding of ['windows-1252', 'iso-8859-15', 'macintosh', 'windows-1251'] as const)
    expect([encoding, new Set(decode(bytes, encoding)).size]).toEqual([encoding, 128]);
});

const WESTERN = ['O’Neil', 'Cœur', 'Žiga Šaka', 'Zoé L’Écuyer', 'Søren', 'Núñez', 'José', 'Müller'];
const FRENCH = ['René Côté', 'François', 'Benoît', 'Zoë', 'Hélène d’Arc', 'Sean O’Neil', 'Søren'];
const LATIN9 = ['Cœur', 'Hélène', 'Élodie', 'Benoît', 'Ÿves'];
const CYRILLIC = ['Иван Петров', 'Анна Сидорова', 'Юлия'];

test.each<[Encoding, string[]]>([
  ['utf-8', [...WESTERN, ...CYRILLIC]],
  ['windows-1252', WESTERN],
  ['macintosh', FRENCH],
  ['iso-8859-15', LATIN9],
  ['windows-1251', CYRILLIC],
])('a file in %s is detected, and its names are read', async (encoding, names) => {
  const text = HEADER + names.map((name, at) => `u${at};${name};Roy\r\n`).join('');
  const bytes = encode(text, encoding);
  expect(detectEncoding(bytes)).toBe(encoding);
  const read = await readCsv(bytes);
  expect(read.ok && read.lines.map(({ cells }) => cells[1])).toEqual(names);
});

test.each([
  ['O\u0092Neil', 'windows-1252', 'O’Neil'],
  ['C\u009cur', 'windows-1252', 'Cœur'],
  ['Ren\u008e', 'macintosh', 'René'],
  ['C\u00cfur', 'macintosh', 'Cœur'],
  ['S\u00bfren', 'macintosh', 'Søren'],
  ['Benoit Lef\u00e8vre', 'windows-1252', 'Benoit Lefèvre'],
  ['Jo\u00bdl', 'iso-8859-15', 'Joœl'],
])('a single name decides: %j is %s', (latin, encoding, name) => {
  const bytes = Buffer.from(`${HEADER}u;${latin};Roy\r\n`, 'latin1');
  expect([detectEncoding(bytes), decode(bytes, encoding as Encoding)?.includes(name)]).toEqual([encoding, true]);
});

test('UTF-16 is read with and without a byte order mark, in both orders', async () => {
  const text = `${HEADER}zoe;Zoé;L’Écuyer\r\n`;
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  const marked = [Buffer.concat([Buffer.from([0xff, 0xfe]), little]), Buffer.concat([Buffer.from([0xfe, 0xff]), big])];
  for (const bytes of [little, big, ...marked]) {
    const read = await readCsv(bytes);
    expect(read.ok && read.lines[0]?.cells).toEqual(['zoe', 'Zoé', 'L’Écuyer']);
  }
});

test('a chosen encoding is used, and refused where the file is not in it', async () => {
  const bytes = Buffer.from(`${HEADER}u;Ren\u008e;Roy\r\n`, 'latin1');
  const read = await readCsv(bytes, { encoding: 'windows-1252' });
  expect(read.ok && [read.encoding, read.lines[0]?.cells[1]]).toEqual(['windows-1252', 'RenŽ']);
  expect(await readCsv(bytes, { encoding: 'utf-8' })).toMatchObject({ ok: false, error: 'file-encoding' });
  expect(await readCsv(Buffer.concat([bytes, Buffer.from('xx')]), { encoding: 'utf-16le' })).toMatchObject({
    ok: false,
  });
});

test('the largest file does not occupy the process while its encoding is detected', () => {
  const bytes = Buffer.alloc(10 * 1024 * 1024, Buffer.from('Ren\u00e9;Roy\r\n', 'latin1'));
  const before = process.cpuUsage();
  expect(detectEncoding(bytes)).toBe('windows-1252');
  const { user } = process.cpuUsage(before);
  expect(user / 1e6, 'seconds of CPU').toBeLessThan(3);
});

test('plain ASCII is UTF-8, and binary is no text', () => {
  expect(detectEncoding(Buffer.from(HEADER))).toBe('utf-8');
  expect(detectEncoding(Buffer.from([1, 0, 2, 3, 0, 0, 4, 5]))).toBeUndefined();
});

function encode(text: string, encoding: Encoding) {
  if (encoding === 'utf-8') return Buffer.from(text);
  const table = decode(Buffer.from(Array.from({ length: 256 }, (_, at) => at)), encoding) ?? '';
  const bytes = [...text].map((one) => table.indexOf(one));
  if (bytes.some((byte) => byte < 0)) throw new Error(`not in ${encoding}: ${text}`);
  return Buffer.from(bytes);
}

test('the list of encodings begins with those that are known by their bytes', () => {
  expect(ENCODINGS.slice(0, 3)).toEqual(['utf-8', 'utf-16le', 'utf-16be']);
});
