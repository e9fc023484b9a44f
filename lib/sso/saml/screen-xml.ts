/** What a document may hold at most: far above any real answer, far below what makes a parser slow. */
const LIMITS = { depth: 48, elements: 2000, attributes: 64, declarations: 400 };
const METADATA_LIMITS = { depth: 48, elements: 20_000, attributes: 64, declarations: 4000 };

type Screened = 'not-xml' | 'xml-forbidden' | undefined;

/**
 * Promises, in one pass and before any parser sees it, whether a text is one plain XML document: no DOCTYPE, entity,
 * comment, CDATA or processing instruction, no attribute twice, no relative namespace, no depth without end. Parsers
 * differ in what they make of these, and every difference is a way round a signature. Metadata alone may hold comments.
 */
export function screenXml(text: string, kind: 'message' | 'metadata' = 'message'): Screened {
  const limits = kind === 'metadata' ? METADATA_LIMITS : LIMITS;
  const open: string[] = [];
  let at = DECLARATION.exec(text)?.[0].length ?? 0;
  let [elements, declarations, roots] = [0, 0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) return 'not-xml';
  while (at < text.length) {
    if (text[at] !== '<') {
      const next = text.indexOf('<', at);
      const words = text.slice(at, next < 0 ? undefined : next);
      if (open.length === 0 && words.trim() !== '') return 'not-xml';
      if (!hasPlainReferences(words)) return 'xml-forbidden';
      if (words.includes(']]>')) return 'not-xml';
      at += words.length;
      continue;
    }
    if (text[at + 1] === '!' || text[at + 1] === '?') {
      const end = kind === 'metadata' ? endOfComment(text, at) : undefined;
      if (end === undefined) return 'xml-forbidden';
      at = end;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(text);
    if (!tag) return 'not-xml';
    const [whole, close, name = '', attributes = '', empty] = tag;
    at += whole.length;
    if (close) {
      if (open.pop() !== name || attributes.trim() || empty) return 'not-xml';
      continue;
    }
    if (open.length === 0 && ++roots > 1) return 'not-xml';
    if (++elements > limits.elements || open.length >= limits.depth) return 'xml-forbidden';
    const found = attributesOf(attributes);
    if (!Array.isArray(found)) return found;
    declarations += found.filter(([key]) => isDeclaration(key)).length;
    if (found.length > limits.attributes || declarations > limits.declarations) return 'xml-forbidden';
    if (!empty) open.push(name);
  }
  return roots === 1 && open.length === 0 ? undefined : 'not-xml';
}

/** An XML declaration may only say what is so: version 1.0 and UTF-8. */
const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')(?:\s+encoding\s*=\s*(?:"utf-8"|'utf-8'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/i;
const NAME = '[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?';
const TAG = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g');

function attributesOf(text: string): [string, string][] | 'not-xml' | 'xml-forbidden' {
  const found = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = '', one, other]) => [name, one ?? other ?? ''] as [string, string],
  );
  if (new Set(found.map(([name]) => name)).size !== found.length) return 'not-xml';
  if (found.some(([, value]) => !hasPlainReferences(value))) return 'xml-forbidden';
  // A relative namespace empties some canonicalisations, and with them what a signature covers.
  const isRelative = ([name, value]: [string, string]) =>
    isDeclaration(name) && !/^[a-z][a-z0-9+.-]*:\S+$/i.test(value);
  return found.some(isRelative) ? 'xml-forbidden' : found;
}

function isDeclaration(attribute: string) {
  return attribute === 'xmlns' || attribute.startsWith('xmlns:');
}

/** The five references that XML knows by itself and characters by number; any other needs a DOCTYPE. */
function hasPlainReferences(text: string) {
  if (!text.includes('&')) return true;
  if (/&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)/.test(text)) return false;
  return [...text.matchAll(/&#(x?)([0-9a-f]+);/gi)].every(([, hex, digits = '']) => {
    const code = Number.parseInt(digits, hex ? 16 : 10);
    return (
      code === 9 || code === 10 || code === 13 || (code >= 32 && code < 0xd800) || (code > 0xdfff && code < 0xfffe)
    );
  });
}

function endOfComment(text: string, at: number) {
  if (!text.startsWith('<!--', at)) return undefined;
  const end = text.indexOf('-->', at + 4);
  return end < 0 ? undefined : end + 3;
}
