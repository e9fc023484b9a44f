import { constants, createHash, createPublicKey, verify } from 'node:crypto';
import { ExclusiveCanonicalization } from 'xml-crypto';
import type { SamlCertificate } from '@/db/schema/sso-settings';
import { attribute, elementsIn, NS, onlyChild, textOf } from '@/lib/sso/saml/dom';

type SignatureMethod = { hash: string; key: 'rsa' | 'ec'; padding?: number; dsaEncoding?: 'ieee-p1363' };

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const PSS = { key: 'rsa', padding: constants.RSA_PKCS1_PSS_PADDING } as const;
const ECDSA = { key: 'ec', dsaEncoding: 'ieee-p1363' } as const;

/** RSA and ECDSA with at least SHA-256. No HMAC, whose key would be the public certificate. */
const SIGNATURE_METHODS = new Map<string, SignatureMethod>([
  [`${MORE}rsa-sha256`, { hash: 'sha256', key: 'rsa' }],
  [`${MORE}rsa-sha384`, { hash: 'sha384', key: 'rsa' }],
  [`${MORE}rsa-sha512`, { hash: 'sha512', key: 'rsa' }],
  ['http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1', { hash: 'sha256', ...PSS }],
  ['http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1', { hash: 'sha384', ...PSS }],
  ['http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1', { hash: 'sha512', ...PSS }],
  [`${MORE}ecdsa-sha256`, { hash: 'sha256', ...ECDSA }],
  [`${MORE}ecdsa-sha384`, { hash: 'sha384', ...ECDSA }],
  [`${MORE}ecdsa-sha512`, { hash: 'sha512', ...ECDSA }],
]);

const DIGEST_METHODS = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  [`${MORE}sha384`, 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
]);

export function isSignatureMethod(algorithm: string | undefined) {
  return algorithm !== undefined && SIGNATURE_METHODS.has(algorithm);
}

export function isDigestMethod(algorithm: string | undefined) {
  return algorithm !== undefined && DIGEST_METHODS.has(algorithm);
}

/**
 * Returns the canonical text of an element if its own signature is genuine, else undefined. The
 * signature must have passed findShapeError: it covers this very element. The digest is checked
 * first.
 */
export function verifyEnveloped(element: Element, signature: Element, certificates: SamlCertificate[]) {
  const info = onlyChild(signature, 'signature', 'SignedInfo');
  const reference = onlyChild(info, 'signature', 'Reference');
  if (!info || !reference) return undefined;
  const text = canonical(withoutChild(element, signature), element, prefixesIn(reference));
  const digest = DIGEST_METHODS.get(algorithmOf(reference, 'DigestMethod') ?? '');
  const expected = textOf(onlyChild(reference, 'signature', 'DigestValue')).replace(/\s+/g, '');
  if (!digest || createHash(digest).update(text).digest('base64') !== expected) return undefined;
  const signed = canonical(
    info.cloneNode(true) as Element,
    info,
    prefixesIn(onlyChild(info, 'signature', 'CanonicalizationMethod')),
  );
  const value = textOf(onlyChild(signature, 'signature', 'SignatureValue')).replace(/\s+/g, '');
  return isSignedBy(certificates, algorithmOf(info, 'SignatureMethod'), signed, value) ? text : undefined;
}

/** Returns whether one of the certificates has signed a text. */
export function isSignedBy(
  certificates: SamlCertificate[],
  algorithm: string | undefined,
  text: string,
  base64: string,
) {
  const method = SIGNATURE_METHODS.get(algorithm ?? '');
  if (!method) return false;
  const { hash, key: type, ...options } = method;
  return certificates.some(({ pem }) => {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== type) return false;
    return verify(hash, Buffer.from(text), { key, ...options }, Buffer.from(base64, 'base64'));
  });
}

/** Returns a copy of an element without one of its children. */
function withoutChild(element: Element, child: Element) {
  const at = elementsIn(element).indexOf(child);
  const copy = element.cloneNode(true) as Element;
  const left = elementsIn(copy)[at];
  if (left) copy.removeChild(left);
  return copy;
}

/** Canonicalizes a copy exclusively; `origin` is the original, for the namespaces around it. */
function canonical(copy: Element, origin: Element, prefixes: string[]) {
  const declared = (prefix: string) => origin.hasAttribute(`xmlns:${prefix}`);
  const ancestorNamespaces = prefixes
    .filter((prefix) => !declared(prefix))
    .flatMap((prefix) => {
      const namespaceURI = namespaceAround(origin, prefix);
      return namespaceURI ? [{ prefix, namespaceURI }] : [];
    });
  const options = { inclusiveNamespacesPrefixList: prefixes, ancestorNamespaces };
  return String(new ExclusiveCanonicalization().process(copy as never, options as never));
}

function namespaceAround(element: Element, prefix: string) {
  for (let node = element.parentNode; node?.nodeType === 1; node = node.parentNode) {
    const value = (node as Element).getAttribute(`xmlns:${prefix}`);
    if (value) return value;
  }
}

function prefixesIn(parent: Element | undefined): string[] {
  const lists = parent ? Array.from(parent.getElementsByTagNameNS(NS.exclusive, 'InclusiveNamespaces')) : [];
  return lists.flatMap((list) => (attribute(list, 'PrefixList') ?? '').split(/\s+/)).filter(Boolean);
}

function algorithmOf(parent: Element, name: string) {
  return attribute(onlyChild(parent, 'signature', name), 'Algorithm');
}
