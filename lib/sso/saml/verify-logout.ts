import { inflateRawSync } from 'node:zlib';
import type { Reason } from '@/lib/sso/answer';
import { CLOCK_SKEW } from '@/lib/sso/clock-skew';
import type { SamlParty } from '@/lib/sso/saml/check-signature';
import { LONGEST_AGE, readMoment } from '@/lib/sso/saml/claims';
import { openNameId } from '@/lib/sso/saml/decrypt';
import { attribute, children, elementsIn, isElement, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { LARGEST_MESSAGE, openBytes, openEncoded, openText } from '@/lib/sso/saml/message';
import { currentCertificates, findShapeError, signatureOf } from '@/lib/sso/saml/signatures';
import { isSignatureMethod, isSignedBy, verifyEnveloped } from '@/lib/sso/saml/xml-signature';
import { plainText } from '@/lib/text';

export type LogoutMessage =
  | { ok: true; kind: 'request'; id: string; nameId: string; indexes: string[]; relayState: string | null }
  | { ok: true; kind: 'response'; inResponseTo: string; success: boolean }
  | { ok: false; reason: Reason; received: Record<string, string> };

type LogoutKind = 'SAMLRequest' | 'SAMLResponse';
type ExpectedLogout = { logout: string; entityId: string; now: Date };

/**
 * Verifies a logout message of the redirect binding, whose signature covers the text of the query.
 * Refuses missing signatures and repeated parameters.
 */
export async function verifyLogoutQuery(
  query: string,
  party: SamlParty,
  expected: ExpectedLogout,
): Promise<LogoutMessage> {
  const parts = parseParts(query);
  const kind = parts && kindIn(parts);
  if (!parts || !kind) return refused('not-xml');
  const algorithm = decode(parts.get('SigAlg'));
  const signature = decode(parts.get('Signature'));
  if (!parts.has('SigAlg') || !signature) return refused('signature-missing');
  if (!isSignatureMethod(algorithm)) return refused('algorithm', { algorithm });
  const signed = [kind, 'RelayState', 'SigAlg']
    .filter((name) => parts.has(name))
    .map((name) => `${name}=${parts.get(name)}`)
    .join('&');
  const certificates = currentCertificates(party.settings.certificates, expected.now);
  if (certificates.length === 0) return refused('certificate-expired');
  // Verifying the query costs less than parsing the message.
  if (!isSignedBy(certificates, algorithm, signed, signature)) return refused('signature');
  const opened = openBytes(inflate(decode(parts.get(kind))), 'logout');
  if (!opened.ok) return refused(opened.reason, opened.received);
  const wrong = findRefusal(opened.root, kind, party, expected);
  const relayState = parts.has('RelayState') ? decode(parts.get('RelayState')) : null;
  return wrong ?? readMessage(opened.root, kind, relayState, party);
}

/** Verifies a logout message of the POST binding, which is signed inside, after its claims. */
export async function verifyLogoutForm(
  form: URLSearchParams,
  party: SamlParty,
  expected: ExpectedLogout,
): Promise<LogoutMessage> {
  const parts = new Map(form);
  const kind = kindIn(parts);
  if (!kind || form.getAll(kind).length !== 1) return refused('not-xml');
  const opened = openEncoded(parts.get(kind) ?? '', 'logout');
  if (!opened.ok) return refused(opened.reason, opened.received);
  const { root } = opened;
  const wrong = findRefusal(root, kind, party, expected);
  if (wrong) return wrong;
  const signature = signatureOf(root);
  if (!signature) return refused('signature-missing');
  const reason = findShapeError(root, [root]);
  if (reason) return refused(reason);
  const certificates = currentCertificates(party.settings.certificates, expected.now);
  if (certificates.length === 0) return refused('certificate-expired');
  const text = verifyEnveloped(root, signature, certificates);
  // Only the signed text is read, not the document around it.
  const signed = text === undefined ? undefined : openText(text, 'logout');
  if (!signed?.ok) return refused('signature');
  const relayState = parts.get('RelayState') ?? null;
  return findRefusal(signed.root, kind, party, expected) ?? readMessage(signed.root, kind, relayState, party);
}

/** Returns why a message is not for us at this moment, before its signature is checked. */
function findRefusal(
  root: Element,
  kind: LogoutKind,
  party: SamlParty,
  { logout, now }: ExpectedLogout,
): LogoutMessage | undefined {
  const name = kind === 'SAMLRequest' ? 'LogoutRequest' : 'LogoutResponse';
  const issuer = textOf(onlyChild(root, 'assertion', 'Issuer'));
  const destination = attribute(root, 'Destination');
  const id = attribute(root, 'ID');
  const received = { issuer, destination: destination ?? '', issued: attribute(root, 'IssueInstant') ?? '' };
  if (!isElement(root, 'protocol', name) || attribute(root, 'Version') !== '2.0' || !id || id.length > 200)
    return refused('not-xml', { root: root.nodeName });
  if (issuer !== party.issuer) return refused('issuer', received);
  if (destination !== logout) return refused('destination', received);
  const issued = readMoment(root, 'IssueInstant');
  const ends = readMoment(root, 'NotOnOrAfter');
  const at = now.getTime();
  if (!issued || at - CLOCK_SKEW >= issued + LONGEST_AGE || ends === null || (ends && at - CLOCK_SKEW >= ends))
    return refused('expired', received);
  if (at + CLOCK_SKEW < issued) return refused('not-yet', received);
  if (kind === 'SAMLResponse' && !attribute(root, 'InResponseTo')) return refused('in-response-to', received);
}

async function readMessage(
  root: Element,
  kind: LogoutKind,
  relayState: string | null,
  party: SamlParty,
): Promise<LogoutMessage> {
  if (kind === 'SAMLRequest') return readRequest(root, relayState, party);
  const status = onlyChild(onlyChild(root, 'protocol', 'Status'), 'protocol', 'StatusCode');
  const inResponseTo = attribute(root, 'InResponseTo') ?? '';
  const success = attribute(status, 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success';
  return { ok: true, kind: 'response', inResponseTo, success };
}

async function readRequest(
  root: Element,
  relayState: string | null,
  { decryptionKeys }: SamlParty,
): Promise<LogoutMessage> {
  const id = attribute(root, 'ID') ?? '';
  const plain = children(root, 'assertion', 'NameID');
  const hidden = children(root, 'assertion', 'EncryptedID');
  if (plain.length + hidden.length !== 1) return refused('name-id', { id });
  const nameId = plain[0] ?? (hidden[0] && (await openNameId(hidden[0], decryptionKeys)));
  if (!nameId) return refused('encryption', { id });
  const name = elementsIn(nameId).length === 0 ? textOf(nameId) : '';
  if (!name) return refused('name-id', { id });
  const indexes = children(root, 'protocol', 'SessionIndex').map(textOf).filter(Boolean);
  return { ok: true, kind: 'request', id, nameId: name, indexes, relayState };
}

const PARTS = new Set(['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding']);

/** Returns the raw parameters of a query; undefined if one of SAML's is repeated. */
function parseParts(query: string) {
  const pairs = query
    .replace(/^\?/, '')
    .split('&')
    .map((part) => [part.split('=', 1)[0] ?? '', part.slice(part.indexOf('=') + 1)] as const);
  const ours = pairs.filter(([name]) => PARTS.has(name));
  const parts = new Map(ours);
  const encoding = parts.get('SAMLEncoding');
  const isDeflate =
    encoding === undefined || decode(encoding) === 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';
  return parts.size === ours.length && isDeflate ? parts : undefined;
}

function kindIn(parts: Map<string, string>): LogoutKind | undefined {
  if (parts.has('SAMLRequest') === parts.has('SAMLResponse')) return undefined;
  return parts.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
}

function decode(raw = '') {
  try {
    return decodeURIComponent(raw.replace(/\+/g, ' '));
  } catch {
    return '';
  }
}

/** Inflates at most LARGEST_MESSAGE bytes; empty on failure. */
function inflate(base64: string) {
  try {
    return inflateRawSync(Buffer.from(base64, 'base64'), { maxOutputLength: LARGEST_MESSAGE });
  } catch {
    return Buffer.alloc(0);
  }
}

function refused(reason: Reason, received: Record<string, string> = {}): LogoutMessage {
  const short = Object.entries(received).map(([name, value]) => [name, plainText(value, 300)]);
  return { ok: false, reason, received: Object.fromEntries(short) };
}
