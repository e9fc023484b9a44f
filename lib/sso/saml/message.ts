import type { Reason } from '@/lib/sso/answer';
import { parseXml } from '@/lib/sso/saml/dom';
import { screenXml } from '@/lib/sso/saml/screen-xml';

/** In characters of base64 or XML; the largest real answer, with hundreds of groups, stays below a third of it. */
export const LARGEST_MESSAGE = 256 * 1024;

export type Opened = { ok: true; xml: string; root: Element };
type Message = Opened | { ok: false; reason: Reason };

/** Promises the document in a SAML message of the POST binding, read strictly, or why it is none. */
export function openEncoded(encoded: string): Message {
  if (encoded.length > LARGEST_MESSAGE) return { ok: false, reason: 'too-large' };
  const base64 = encoded.replace(/[\r\n\t ]+/g, '');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { ok: false, reason: 'not-xml' };
  return openBytes(Buffer.from(base64, 'base64'));
}

/** The same for bytes: strict UTF-8, screened before it is parsed. */
export function openBytes(bytes: Buffer): Message {
  if (bytes.length > LARGEST_MESSAGE) return { ok: false, reason: 'too-large' };
  try {
    return openText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { ok: false, reason: 'not-xml' };
  }
}

/** The same for text; line ends become what XML makes of them, so that every reader sees the same characters. */
export function openText(text: string) {
  return parseScreened(text, 'message');
}

/** The same for a provider's metadata, which may be larger and hold comments. */
export function parseScreened(text: string, kind: 'message' | 'metadata'): Message {
  const xml = text.replace(/\r\n?/g, '\n').trim();
  const refused = screenXml(xml, kind);
  if (refused) return { ok: false, reason: refused };
  const root = parseXml(xml);
  return root ? { ok: true, xml, root } : { ok: false, reason: 'not-xml' };
}
