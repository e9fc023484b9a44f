import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { failure } from '@/lib/result';
import { truncate } from '@/lib/text';

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

/**
 * Returns the header and lines of a CSV file separated by comma, semicolon or tab, in UTF-8, UTF-16
 * or Windows-1252. Fails with `file-empty`, `file-large`, `file-kind` where it is not text,
 * `file-quotes` and the line, `file-lines` and the maximum.
 */
export async function readCsv(bytes: Buffer) {
  if (bytes.length === 0) return failure('file-empty');
  if (bytes.length > LARGEST_FILE) return failure('file-large');
  const text = textOf(bytes);
  if (text === undefined) return failure('file-kind');
  const lines: CsvLine[] = [];
  try {
    for await (const { record, info } of parserOf(text)) {
      const whole = record as string[];
      const cells = whole.slice(0, MOST_COLUMNS).map((cell) => cellText(cell, LONGEST_CELL));
      if (cells.every((cell) => cell === '')) continue;
      lines.push({ line: info.lines - breaksIn(whole), cells });
      if (lines.length > MOST_LINES + 1) return failure('file-lines', { most: MOST_LINES });
    }
  } catch (error) {
    if (error instanceof CsvError) return failure('file-quotes', { line: Number(error.lines ?? 0) });
    throw error;
  }
  const [header, ...rest] = lines;
  if (!header || rest.length === 0) return failure('file-empty');
  return { ok: true, header: header.cells, lines: rest } as const;
}

/** The parser reports where a record ends; messages name the line where it begins. */
function breaksIn(cells: string[]) {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

function parserOf(text: string) {
  const pieces = Array.from({ length: Math.ceil(text.length / PIECE) }, (_, at) =>
    text.slice(at * PIECE, (at + 1) * PIECE),
  );
  return Readable.from(pieces).pipe(
    parse({
      delimiter: separatorOf(text),
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: 64 * 1024,
    }),
  );
}

/** Returns the text of a file; undefined where it is not text. */
function textOf(bytes: Buffer) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (BEGINNINGS.some((one) => bytes.subarray(0, one.length).equals(one))) return undefined;
  if (bytes.includes(0)) return undefined;
  // Older spreadsheets in French write Windows-1252 without saying so.
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252').decode(bytes);
}

/** Returns the most frequent separator of the first line, outside quotes. */
function separatorOf(text: string) {
  const first = (text.match(/^[^\r\n]+/m)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

/**
 * Returns a cell without the prefix that an export adds against formulas, trimmed to `most` code
 * points.
 */
function cellText(cell: string, most: number) {
  // Line ends stay, for the check to report; Postgres cannot store NUL.
  const text = truncate(cell.trim().replaceAll('\0', ''), most);
  return /^'\s*[=+\-@＝＋－＠]/u.test(text) ? text.slice(1) : text;
}
