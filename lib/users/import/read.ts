import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { withoutApostrophes } from '@/lib/csv';
import { failure } from '@/lib/result';
import { truncate } from '@/lib/text';
import { guessMapping } from '@/lib/users/import/columns';
import { decode, detectEncoding, type Encoding } from '@/lib/users/import/encodings';

/** The largest file, in bytes. Ten thousand users need less than one megabyte. */
export const LARGEST_FILE = 10 * 1024 * 1024;
const MOST_LINES = 20_000;
const MOST_COLUMNS = 40;
const LONGEST_CELL = 500;
const PIECE = 64 * 1024;

/** First bytes of files that are not text: spreadsheets and archives, PDF, images, programs. */
const BEGINNINGS = ['504b0304', '25504446', 'd0cf11e0', '47494638', '89504e47', '7f454c46'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

export type CsvLine = { line: number; cells: string[] };

/** What the first line of a file can be said to be. */
export const FIRST_LINES = ['auto', 'names', 'user'] as const;

export type ReadOptions = { encoding?: Encoding; firstLine?: (typeof FIRST_LINES)[number] };

/**
 * Returns the header and lines of a CSV file separated by comma, semicolon or tab, and the encoding
 * it was read in: the chosen one, otherwise the detected one. Without a header its names are empty.
 * Fails with `file-empty`, `file-large`, `file-kind` where it is not text, `file-encoding` where it
 * is not text in the chosen encoding, `file-quotes` and the line, `file-lines` and the maximum, and
 * `header-missing` where the first line looks like a user and nothing says what it is.
 */
export async function readCsv(bytes: Buffer, { encoding: chosen, firstLine = 'auto' }: ReadOptions = {}) {
  if (bytes.length === 0) return failure('file-empty');
  if (bytes.length > LARGEST_FILE) return failure('file-large');
  if (BEGINNINGS.some((one) => bytes.subarray(0, one.length).equals(one))) return failure('file-kind');
  const encoding = chosen ?? detectEncoding(bytes);
  if (!encoding) return failure('file-kind');
  const text = decode(bytes, encoding);
  if (text === undefined) return failure('file-encoding');
  const read = await readLines(text);
  if (!read.ok) return read;
  const { lines } = read;
  const [first, ...rest] = lines;
  if (firstLine === 'user' && first) {
    if (lines.length > MOST_LINES) return failure('file-lines', { most: MOST_LINES });
    return { ok: true, encoding, header: first.cells.map(() => ''), lines } as const;
  }
  if (!first || rest.length === 0) return failure('file-empty');
  if (firstLine === 'auto' && isUserLine(first.cells)) return failure('header-missing');
  return { ok: true, encoding, header: first.cells, lines: rest } as const;
}

/** Returns the lines with a value, cut to the columns and characters that are kept. */
async function readLines(text: string) {
  const lines: CsvLine[] = [];
  const lineAt = lineCounter(text);
  let end = 0;
  // The parser is ahead of what is read here, and an error ends both.
  let lastEnd = 0;
  const noteEnd = (bytes: number) => {
    lastEnd = bytes;
  };
  try {
    for await (const { record, info } of parserOf(text, noteEnd)) {
      const line = lineAt(end);
      end = info.bytes;
      const cells = (record as string[]).slice(0, MOST_COLUMNS).map((cell) => cellText(cell, LONGEST_CELL));
      if (isSeparatorLine(line, cells) || cells.every((cell) => cell === '')) continue;
      lines.push({ line, cells });
      // One more for the names of the columns.
      if (lines.length > MOST_LINES + 1) return failure('file-lines', { most: MOST_LINES });
    }
  } catch (error) {
    if (error instanceof CsvError) return failure('file-quotes', { line: lineAt(lastEnd) });
    throw error;
  }
  return { ok: true, lines } as const;
}

/** Returns whether cells look like a user rather than like the names of columns. */
function isUserLine(cells: string[]) {
  const isNamed = Object.keys(guessMapping(cells)).length > 0;
  return !isNamed && cells.some((cell) => /^\d{2,10}$/.test(cell) || /\S@\S+\.\S/.test(cell));
}

/**
 * Returns a function for the line of the first record at or after a byte of the text. Empty lines
 * before the record are not part of it. Bytes are asked for in their order.
 */
function lineCounter(text: string) {
  const bytes = Buffer.from(text);
  let [line, at] = [1, 0];
  return (end: number) => {
    while (at < bytes.length && (at < end || bytes[at] === 10 || bytes[at] === 13)) {
      const isBreak = bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] !== 10);
      if (isBreak) line++;
      at++;
    }
    return line;
  };
}

/** Returns whether a line is Excel's `sep=;`, which names the separator before the header. */
function isSeparatorLine(line: number, [first = '', ...others]: string[]) {
  return line === 1 && /^sep=.?$/i.test(first) && others.every((cell) => cell === '');
}

function parserOf(text: string, noteEnd: (bytes: number) => void) {
  const pieces = Array.from({ length: Math.ceil(text.length / PIECE) }, (_, at) =>
    text.slice(at * PIECE, (at + 1) * PIECE),
  );
  return Readable.from(pieces).pipe(
    parse({
      delimiter: separatorOf(text),
      info: true,
      on_record: (record, { bytes }) => {
        noteEnd(bytes);
        return record;
      },
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: 64 * 1024,
    }),
  );
}

/** Returns the separator that the file names, or the most frequent of its first line. */
function separatorOf(text: string) {
  const named = /^"?sep=([,;|\t])"?[\r\n]/i.exec(text)?.[1];
  if (named) return named;
  const first = (text.match(/^[^\r\n]+/m)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

/**
 * Returns a cell without the prefix that an export adds against formulas, and without the `="…"`
 * that keeps leading zeros in a spreadsheet, trimmed to `most` code points.
 */
function cellText(cell: string, most: number) {
  // Line ends stay, for the check to report; Postgres cannot store NUL.
  const text = truncate(cell.trim().replaceAll('\0', ''), most);
  return withoutApostrophes(/^="([^"]*)"$/.exec(text)?.[1]?.trim() ?? text);
}
