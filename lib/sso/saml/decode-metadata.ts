import { isUtf8 } from 'node:buffer';
import { failure } from '@/lib/result';
import { decodeWindows1252 } from '@/lib/text';

type MetadataEncoding = 'utf-8' | 'us-ascii' | 'iso-8859-1' | 'windows-1252' | 'utf-16' | 'utf-16le' | 'utf-16be';

const ENCODINGS: Record<string, MetadataEncoding> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'us-ascii',
  ascii: 'us-ascii',
  'iso-8859-1': 'iso-8859-1',
  iso_8859_1: 'iso-8859-1',
  'iso_8859-1': 'iso-8859-1',
  latin1: 'iso-8859-1',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'x-cp1252': 'windows-1252',
  'utf-16': 'utf-16',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
};

const BYTE_ORDER_MARKS: [string, MetadataEncoding | 'utf-32'][] = [
  ['fffe0000', 'utf-32'],
  ['0000feff', 'utf-32'],
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
];

/** An XML declaration, with version and encoding. */
const DECLARATION =
  /^\s*<\?xml\s+version\s*=\s*(?:"([^"]*)"|'([^']*)')(?:\s+encoding\s*=\s*(?:"([^"]*)"|'([^']*)'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/;

/**
 * Returns metadata as text without its byte order mark and XML declaration: from a file, a
 * response, or pasted (a string). Fails with `metadata-encoding`, `metadata-encoding-conflict`,
 * `metadata-bytes` or `metadata-version`.
 */
export function decodeMetadata(source: Buffer | string, charset?: string) {
  if (typeof source === 'string') return withoutDeclaration(source.replace(/^\ufeff/, ''));
  const [mark, marked] = BYTE_ORDER_MARKS.find(([hex]) => source.toString('hex', 0, hex.length / 2) === hex) ?? [''];
  const bytes = source.subarray(mark.length / 2);
  const actual = marked ?? wideEncoding(bytes);
  if (actual === 'utf-32') return failure('metadata-encoding', { found: 'UTF-32' });
  const declared = declaredEncoding(bytes, actual);
  if (declared && !encodingOf(declared)) return failure('metadata-encoding', { found: shown(declared) });
  if (actual) return decodeMarked(bytes, actual, declared ?? (marked ? undefined : (charset ?? 'UTF-8')));
  if (declared && encodingOf(declared)?.startsWith('utf-16')) return conflict(declared, 'US-ASCII');
  return decodeNamed(bytes, [declared, charset]);
}

/** Detects UTF-16 without a byte order mark by its first character, which is "<". */
function wideEncoding(bytes: Buffer): MetadataEncoding | undefined {
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  return bytes[0] === 0 && bytes[1] === 0x3c ? 'utf-16be' : undefined;
}

function declaredEncoding(bytes: Buffer, actual: MetadataEncoding | undefined) {
  const start = decodeAs(bytes.subarray(0, 512), actual?.startsWith('utf-16') ? actual : 'iso-8859-1') ?? '';
  const [, , , double, single] = DECLARATION.exec(start) ?? [];
  return double ?? single;
}

/** Decodes bytes whose start shows their encoding; another one named for them contradicts it. */
function decodeMarked(bytes: Buffer, actual: MetadataEncoding, named: string | undefined) {
  const encoding = named && encodingOf(named);
  const agrees = !named || encoding === actual || (encoding === 'utf-16' && actual.startsWith('utf-16'));
  if (!agrees) return conflict(named, actual);
  const text = decodeAs(bytes, actual);
  return text === undefined ? failure('metadata-bytes', { found: shown(actual) }) : withoutDeclaration(text);
}

/**
 * Decodes as declared or as the header says. UTF-8 proves itself, so it comes first where the two
 * disagree.
 */
function decodeNamed(bytes: Buffer, names: (string | undefined)[]) {
  const known = names.map((name) => name && encodingOf(name)).filter((name) => name !== undefined && name !== '');
  const [first = 'utf-8', ...others] = known.sort((a, b) => Number(b === 'utf-8') - Number(a === 'utf-8'));
  for (const encoding of [first, ...others]) {
    const text = decodeAs(bytes, encoding);
    if (text !== undefined) return withoutDeclaration(text);
  }
  return failure('metadata-bytes', { found: shown(first) });
}

/** Returns undefined for bytes that the encoding does not have. */
function decodeAs(bytes: Buffer, encoding: MetadataEncoding): string | undefined {
  const latin = bytes.toString('latin1');
  if (encoding === 'iso-8859-1') return latin;
  if (encoding === 'us-ascii') return bytes.every((byte) => byte < 0x80) ? latin : undefined;
  if (encoding === 'windows-1252') return decodeWindows1252(bytes);
  if (encoding === 'utf-8') return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  if (encoding === 'utf-16' || bytes.length % 2 > 0) return undefined;
  const text = (encoding === 'utf-16le' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
  return text.isWellFormed() ? text : undefined;
}

function withoutDeclaration(text: string) {
  const [declaration = '', double, single, ...encodings] = DECLARATION.exec(text) ?? [];
  const version = double ?? single ?? '1.0';
  if (version !== '1.0') return failure('metadata-version', { found: shown(version) });
  const encoding = encodings[0] ?? encodings[1];
  if (encoding && !encodingOf(encoding)) return failure('metadata-encoding', { found: shown(encoding) });
  // Line ends stay, so that an error names the line that an editor shows.
  return { ok: true, text: declaration.replace(/[^\n]/g, '') + text.slice(declaration.length) } as const;
}

function encodingOf(name: string): MetadataEncoding | undefined {
  return Object.hasOwn(ENCODINGS, name.toLowerCase()) ? ENCODINGS[name.toLowerCase()] : undefined;
}

function conflict(named: string, actual: string) {
  return failure('metadata-encoding-conflict', { found: shown(named), actual: shown(actual) });
}

function shown(name: string) {
  return name.slice(0, 40).toUpperCase();
}
