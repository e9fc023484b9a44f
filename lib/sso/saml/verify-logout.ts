import { createVerify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import type { Reason } from '@/lib/sso/answer';
import { CLOCK_SKEW } from '@/lib/sso/clock-skew';
import type { SamlParty } from '@/lib/sso/saml/check-signature';
import { momentOf, OLDEST } from '@/lib/sso/saml/claims';
import { openEncrypted } from '@/lib/sso/saml/decrypt';
import { attribute, children, elementsIn, isElement, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { LARGEST_MESSAGE, openBytes, openEncoded, openText } from '@/lib/sso/saml/message';
import { certificatesInForce, misshapen, SIGNATURE_METHODS, signatureOf } from '@/lib/sso/saml/signatures';
import { plainText } from '@/lib/text';

export type LogoutMessage =
  | { ok: true; kind: 'request'; id: string; nameId: string; indexes: string[]; relayState: string | null }
  | { ok: true; kind: 'response'; inResponseTo: string; success: boolean }
  | { ok: false; reason: Reason; received: Record<string, string> };

type Kind = 'SAMLRequest' | 'SAMLResponse';
type Expected = { logout: string; entityId: string; now: Date };

/**
 * Promises a provider's logout request or answer of the redirect binding, whose signature covers the text of the query
 * itself: without one it is refused (node-saml would let it pass), as is any part that comes twice.
 */
export async function verifyLogoutQuery(query: string, party: SamlParty, expected: Expected): Promise<LogoutMessage> {
  const parts = partsOf(query);
  const kind = parts && kindIn(parts);
  if (!parts || !kind) return refused('not-xml');
  const algorithm = SIGNATURE_METHODS[decoded(parts.get('SigAlg')) as keyof typeof SIGNATURE_METHODS];
  const signature = decoded(parts.get('Signature'));
  if (!parts.has('SigAlg') || !signature) return refused('signature-missing');
  if (!algorithm) return refused('algorithm', { algorithm: decoded(parts.get('SigAlg')) });
  const signed = [kind, 'RelayState', 'SigAlg']
    .filter((name) => parts.has(name))
    .map((name) => `${name}=${parts.get(name)}`)
    .join('&');
  const certificates = certificatesInForce(party.settings.certificates, expected.now);
  const isGenuine = certificates.some(({ pem }) =>
    createVerify(algorithm).update(signed).verify(pem, signature, 'base64'),
  );
  if (!isGenuine) return refused(certificates.length === 0 ? 'certificate-expired' : 'signature');
  const opened = openBytes(inflated(decoded(parts.get(kind))));
  if (!opened.ok) return refused(opened.reason);
  const relayState = parts.has('RelayState') ? decoded(parts.get('RelayState')) : null;
  return read(opened.root, kind, relayState, party, expected);
}

/** The same for the POST binding, whose signature stands inside the message. */
export async function verifyLogoutForm(
  form: URLSearchParams,
  party: SamlParty,
  expected: Expected,
): Promise<LogoutMessage> {
  const parts = new Map(form);
  const kind = kindIn(parts);
  if (!kind || form.getAll(kind).length !== 1) return refused('not-xml');
  const opened = openEncoded(parts.get(kind) ?? '');
  if (!opened.ok) return refused(opened.reason);
  const { root, xml } = opened;
  if (!signatureOf(root)) return refused('signature-missing');
  const reason = misshapen(root, [root]);
  if (reason) return refused(reason);
  const certificates = certificatesInForce(party.settings.certificates, expected.now);
  if (certificates.length === 0) return refused('certificate-expired');
  const idpCert = certificates.map(({ pem }) => pem);
  const message = read(root, kind, parts.get('RelayState') ?? null, party, expected);
  // A message that is wrong by what it says is told so; one that is right must be genuine too.
  if (!(await isGenuine(kind, xml, idpCert, party, expected))) {
    const outcome = await message;
    return outcome.ok ? refused('signature') : outcome;
  }
  return message;
}

async function isGenuine(
  kind: Kind,
  xml: string,
  idpCert: string[],
  { issuer, privateKey }: SamlParty,
  expected: Expected,
) {
  const options: SamlConfig = {
    callbackUrl: expected.logout,
    issuer: expected.entityId,
    idpIssuer: issuer,
    idpCert,
    decryptionPvk: privateKey,
    acceptedClockSkewMs: CLOCK_SKEW,
    wantAuthnResponseSigned: true,
    validateInResponseTo: ValidateInResponseTo.never,
  };
  const encoded = Buffer.from(xml).toString('base64');
  try {
    const saml = new SAML(options);
    const { loggedOut } =
      kind === 'SAMLRequest'
        ? await saml.validatePostRequestAsync({ SAMLRequest: encoded })
        : await saml.validatePostResponseAsync({ SAMLResponse: encoded });
    return loggedOut;
  } catch {
    return false;
  }
}

async function read(
  root: Element,
  kind: Kind,
  relayState: string | null,
  party: SamlParty,
  { logout, now }: Expected,
): Promise<LogoutMessage> {
  const name = kind === 'SAMLRequest' ? 'LogoutRequest' : 'LogoutResponse';
  const issuer = textOf(onlyChild(root, 'assertion', 'Issuer'));
  const destination = attribute(root, 'Destination');
  const id = attribute(root, 'ID');
  const received = { issuer, destination: destination ?? '', issued: attribute(root, 'IssueInstant') ?? '' };
  if (!isElement(root, 'protocol', name) || attribute(root, 'Version') !== '2.0' || !id || id.length > 200)
    return refused('not-xml', { root: root.nodeName });
  if (issuer !== party.issuer) return refused('issuer', received);
  if (destination !== logout) return refused('destination', received);
  const issued = momentOf(root, 'IssueInstant');
  const ends = momentOf(root, 'NotOnOrAfter');
  const at = now.getTime();
  if (!issued || at - CLOCK_SKEW >= issued + OLDEST || ends === null || (ends && at - CLOCK_SKEW >= ends))
    return refused('expired', received);
  if (at + CLOCK_SKEW < issued) return refused('not-yet', received);
  if (kind === 'SAMLRequest') return readRequest(root, id, relayState, party, received);
  const status = onlyChild(onlyChild(root, 'protocol', 'Status'), 'protocol', 'StatusCode');
  const inResponseTo = attribute(root, 'InResponseTo');
  if (!inResponseTo) return refused('in-response-to', received);
  const success = attribute(status, 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success';
  return { ok: true, kind: 'response', inResponseTo, success };
}

async function readRequest(
  root: Element,
  id: string,
  relayState: string | null,
  { privateKey }: SamlParty,
  received: Record<string, string>,
): Promise<LogoutMessage> {
  const plain = children(root, 'assertion', 'NameID');
  const hidden = children(root, 'assertion', 'EncryptedID');
  if (plain.length + hidden.length !== 1) return refused('name-id', received);
  const nameId = plain[0] ?? (hidden[0] && (await nameIn(hidden[0], privateKey)));
  if (!nameId) return refused('encryption', received);
  const name = elementsIn(nameId).length === 0 ? textOf(nameId) : '';
  if (!name) return refused('name-id', received);
  const indexes = children(root, 'protocol', 'SessionIndex').map(textOf).filter(Boolean).slice(0, 50);
  return { ok: true, kind: 'request', id, nameId: name, indexes, relayState };
}

async function nameIn(encrypted: Element, privateKey: string) {
  const text = await openEncrypted(encrypted, privateKey);
  const opened = text === undefined ? undefined : openText(text);
  return opened?.ok && isElement(opened.root, 'assertion', 'NameID') ? opened.root : undefined;
}

const PARTS = new Set(['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding']);

/** The parts of a query as they were written; undefined where one of SAML's comes twice. */
function partsOf(query: string) {
  const pairs = query
    .replace(/^\?/, '')
    .split('&')
    .map((part) => [part.split('=', 1)[0] ?? '', part.slice(part.indexOf('=') + 1)] as const);
  const ours = pairs.filter(([name]) => PARTS.has(name));
  const parts = new Map(ours);
  const encoding = parts.get('SAMLEncoding');
  const isDeflate =
    encoding === undefined || decoded(encoding) === 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';
  return parts.size === ours.length && isDeflate ? parts : undefined;
}

function kindIn(parts: Map<string, string>): Kind | undefined {
  if (parts.has('SAMLRequest') === parts.has('SAMLResponse')) return undefined;
  return parts.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
}

function decoded(raw = '') {
  try {
    return decodeURIComponent(raw.replace(/\+/g, ' '));
  } catch {
    return '';
  }
}

/** Never more than a message may hold, whatever it was pressed from. */
function inflated(base64: string) {
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
