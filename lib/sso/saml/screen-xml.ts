/** Limits far above any real message and far below what makes a parser slow. */
const LIMITS = {
  message: { depth: 48, elements: 4000, attributes: 64 },
  logout: { depth: 16, elements: 60, attributes: 32 },
  metadata: { depth: 48, elements: 20_000, attributes: 64 },
};

/** Distinct namespace declarations in one document. */
const MOST_BINDINGS = 200;

export type XmlKind = keyof typeof LIMITS;

export type XmlFault = {
  reason: 'not-xml' | 'xml-forbidden';
  what: 'doctype' | 'entity' | 'comment' | 'cdata' | 'instruction' | 'namespace' | 'character' | 'size' | 'malformed';
  /** The offending text, shortened. */
  found: string;
  line: number;
};

/**
 * Returns what makes a text more than one plain XML document, in one pass before any parser runs:
 * DOCTYPE, entity, comment, CDATA, processing instruction, relative namespace, duplicate attribute,
 * too many elements or levels. Parsers differ on these, which can bypass a signature. Metadata may
 * hold comments, CDATA and processing instructions.
 */
export function screenXml(text: string, kind: XmlKind = 'message'): XmlFault | undefined {
  const limits = LIMITS[kind];
  const open: string[] = [];
  const bindings = new Set<string>();
  let at = DECLARATION.exec(text)?.[0].length ?? 0;
  let [elements, roots] = [0, 0];
  const fault = (what: XmlFault['what'], from = at, found = text.slice(from, from + 40)): XmlFault => ({
    reason: FORBIDDEN.has(what) ? 'xml-forbidden' : 'not-xml',
    what,
    found: found.split('\n', 1)[0] ?? '',
    line: text.slice(0, from).split('\n').length,
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const control = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  if (control >= 0) return fault('character', control, `U+${text.charCodeAt(control).toString(16).padStart(4, '0')}`);
  while (at < text.length) {
    if (text[at] !== '<') {
      const next = text.indexOf('<', at);
      const words = text.slice(at, next < 0 ? undefined : next);
      if (open.length === 0 && /[^ \t\n]/.test(words)) return fault('malformed');
      const entity = forbiddenReference(words);
      if (entity) return fault('entity', at + words.indexOf(entity), entity);
      if (words.includes(']]>')) return fault('malformed', at + words.indexOf(']]>'));
      at += words.length;
      continue;
    }
    if (text[at + 1] === '!' || text[at + 1] === '?') {
      const { what, end } = markupAt(text, at, open.length > 0);
      if (end === undefined || kind !== 'metadata') return fault(what);
      at = end;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(text);
    if (!tag) return fault('malformed');
    const [whole, close, name = '', attributes = '', empty] = tag;
    if (close) {
      if (open.pop() !== name || attributes.trim() || empty) return fault('malformed');
      at += whole.length;
      continue;
    }
    if (open.length === 0 && ++roots > 1) return fault('malformed');
    if (++elements > limits.elements || open.length >= limits.depth) return fault('size');
    const wrong = wrongAttribute(attributes, limits.attributes, bindings);
    if (wrong) return fault(wrong.what, at, wrong.found ?? whole.slice(0, 40));
    at += whole.length;
    if (!empty) open.push(name);
  }
  return roots === 1 && open.length === 0 ? undefined : fault('malformed', text.length, open.at(-1) ?? '');
}

const FORBIDDEN = new Set(['doctype', 'entity', 'comment', 'cdata', 'instruction', 'namespace', 'size']);

/** The XML declaration of a message may only name version 1.0 and UTF-8. */
const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')(?:\s+encoding\s*=\s*(?:"utf-8"|'utf-8'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/i;
const NAME = '[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?';
const TAG = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g');
const INSTRUCTION = new RegExp(`<\\?(?!xml[\\s?])${NAME}(?:\\s[\\s\\S]*?)?\\?>`, 'iy');

/** Returns the kind of markup at `<!` or `<?`, and its end if it may be allowed. */
function markupAt(text: string, at: number, isInside: boolean): { what: XmlFault['what']; end?: number } {
  const endOf = (mark: string, from: number) => {
    const end = text.indexOf(mark, from);
    return end < 0 ? undefined : end + mark.length;
  };
  if (text.startsWith('<!--', at)) return { what: 'comment', end: endOf('-->', at + 4) };
  if (text.startsWith('<![CDATA[', at)) return { what: 'cdata', end: isInside ? endOf(']]>', at + 9) : undefined };
  if (text[at + 1] === '!') return { what: /^<!DOCTYPE/i.test(text.slice(at, at + 9)) ? 'doctype' : 'malformed' };
  INSTRUCTION.lastIndex = at;
  const instruction = INSTRUCTION.exec(text);
  return { what: 'instruction', end: instruction ? at + instruction[0].length : undefined };
}

/** Checks the attributes of a tag. A repeated namespace declaration counts once. */
function wrongAttribute(
  text: string,
  most: number,
  bindings: Set<string>,
): { what: XmlFault['what']; found?: string } | undefined {
  const found = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = '', one, other]) => [name, one ?? other ?? ''] as [string, string],
  );
  if (new Set(found.map(([name]) => name)).size !== found.length) return { what: 'malformed' };
  for (const [name, value] of found) {
    const entity = forbiddenReference(value);
    if (entity) return { what: 'entity', found: entity };
    if (!isDeclaration(name)) continue;
    if (!isNamespace(name, value)) return { what: 'namespace', found: `${name}="${value}"` };
    bindings.add(`${name} ${value}`);
  }
  if (bindings.size > MOST_BINDINGS) return { what: 'size' };
  return found.filter(([name]) => !isDeclaration(name)).length > most ? { what: 'size' } : undefined;
}

function isDeclaration(attribute: string) {
  return attribute === 'xmlns' || attribute.startsWith('xmlns:');
}

/**
 * Returns whether a namespace is absolute. Canonicalization does not escape it, so markup inside
 * one could pass as signed elements. Only the default namespace may be empty (§6.2).
 */
function isNamespace(name: string, value: string) {
  return /^[a-z][a-z0-9+.-]*:[^\s&"'<>]+$/i.test(value) || (name === 'xmlns' && value === '');
}

/** Returns the first reference that is neither predefined in XML nor a valid character number. */
function forbiddenReference(text: string) {
  if (!text.includes('&')) return undefined;
  const [unknown] = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)[^;\s<]{0,40};?/.exec(text) ?? [];
  return (
    unknown ??
    [...text.matchAll(/&#(x?)([0-9a-f]+);/gi)].find(([, hex, digits = '']) => {
      const code = Number.parseInt(digits, hex ? 16 : 10);
      const isText = code === 9 || code === 10 || code === 13 || (code >= 32 && code < 0xd800);
      return !isText && !(code > 0xdfff && code < 0xfffe);
    })?.[0]
  );
}
