import type { Reason } from '@/lib/sso/answer';
import { parseXml } from '@/lib/sso/saml/dom';
import { screenXml, type XmlFault, type XmlKind } from '@/lib/sso/saml/screen-xml';

/** In characters of base64 or XML. A response of Okta with 1,500 groups takes half of it. */
export const LARGEST_MESSAGE = 768 * 1024;

const LARGEST_LOGOUT = 64 * 1024;

export type OpenedXml = { ok: true; xml: string; root: Element };
type MessageResult = OpenedXml | { ok: false; reason: Reason; received: Record<string, string> };

/** Parses a SAML message of the POST binding strictly. Returns its document or a refusal. */
export function openEncoded(encoded: string, kind?: XmlKind): MessageResult {
  if (encoded.length > largest(kind)) return refused('too-large', { length: String(encoded.length) });
  const base64 = encoded.replace(/[\r\n\t ]+/g, '');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return refused('not-xml');
  return openBytes(Buffer.from(base64, 'base64'), kind);
}

/** Like openEncoded, for bytes of strict UTF-8. */
export function openBytes(bytes: Buffer, kind?: XmlKind): MessageResult {
  if (bytes.length > largest(kind)) return refused('too-large', { length: String(bytes.length) });
  try {
    return openText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), kind);
  } catch {
    return refused('not-xml');
  }
}

/** Like openEncoded, for XML text. */
export function openText(text: string, kind: XmlKind = 'message'): MessageResult {
  const parsed = parseScreened(text, kind);
  if (parsed.ok) return parsed;
  const { reason, what, found, line } = parsed.fault;
  return refused(reason, { xml: what, found, line: String(line) });
}

/** Screens and parses text. Normalizes line ends first, so that every reader sees the same text. */
export function parseScreened(text: string, kind: XmlKind): OpenedXml | { ok: false; fault: XmlFault } {
  const lines = text.replace(/\r\n?/g, '\n');
  const xml = trimXml(lines);
  const fault = screenXml(xml, kind);
  const skipped = lines.slice(0, lines.indexOf(xml)).split('\n').length - 1;
  if (fault) return { ok: false, fault: { ...fault, line: fault.line + skipped } };
  const root = parseXml(xml);
  const unparsed = { reason: 'not-xml', what: 'malformed', found: xml.slice(0, 40), line: 1 } as const;
  return root ? { ok: true, xml, root } : { ok: false, fault: unparsed };
}

function largest(kind: XmlKind | undefined) {
  return kind === 'logout' ? LARGEST_LOGOUT : LARGEST_MESSAGE;
}

/** Trims XML white space. `trim` would also remove other characters, such as a byte order mark. */
function trimXml(text: string) {
  let [from, to] = [0, text.length];
  while (from < to && ' \t\n'.includes(text.charAt(from))) from++;
  while (to > from && ' \t\n'.includes(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

function refused(reason: Reason, received: Record<string, string> = {}): MessageResult {
  return { ok: false, reason, received };
}
