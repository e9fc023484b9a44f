import type { SamlCertificate } from '@/db/schema/sso-settings';
import type { Reason } from '@/lib/sso/answer';
import { allElements, attribute, children, elementsIn, isElement, NS, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { fingerprintOf } from '@/lib/sso/saml/keys';
import { isDigestMethod, isSignatureMethod } from '@/lib/sso/saml/xml-signature';
import { days } from '@/lib/time';

const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** How long a withdrawn certificate stays valid: some servers of the provider may still use it. */
export const WITHDRAWAL_GRACE = days(1);

/** Returns the certificates whose signatures count now: neither expired nor withdrawn. */
export function currentCertificates(certificates: SamlCertificate[], now: Date) {
  return certificates.filter(
    ({ notAfter, goneSince }) =>
      new Date(notAfter) > now && (!goneSince || new Date(goneSince).getTime() + WITHDRAWAL_GRACE > now.getTime()),
  );
}

/**
 * Returns why the signatures of a document do not have the one accepted form, or undefined: each is
 * a child of one of `signed`, covers exactly that element by its ID, and uses accepted algorithms.
 * Does not verify them.
 */
export function findShapeError(
  root: Element,
  signed: Element[],
): Extract<Reason, 'signature' | 'algorithm'> | undefined {
  const elements = allElements(root);
  const ids = elements.flatMap((element) =>
    Array.from(element.attributes)
      .filter(({ localName, name }) => (localName ?? name).toLowerCase() === 'id')
      .map(({ value }) => value),
  );
  if (new Set(ids).size !== ids.length) return 'signature';
  const signatures = elements.filter(({ localName }) => localName === 'Signature');
  const parents = signatures.map(({ parentNode }) => parentNode);
  if (parents.some((parent) => !signed.includes(parent as Element))) return 'signature';
  if (new Set(parents).size !== parents.length) return 'signature';
  for (const signature of signatures) {
    const reason = checkShape(signature, signature.parentNode as Element);
    if (reason) return reason;
  }
}

/** Returns the signature that is a child of an element, or undefined. */
export function signatureOf(element: Element) {
  return children(element, 'signature', 'Signature')[0];
}

/** Returns the algorithms and certificate of a signature, for the administrator. */
export function describeSignature(signature: Element | undefined): Record<string, string> {
  const info = signature && onlyChild(signature, 'signature', 'SignedInfo');
  if (!signature || !info) return {};
  const reference = onlyChild(info, 'signature', 'Reference');
  const certificate = certificateIn(signature);
  return {
    algorithm: attribute(onlyChild(info, 'signature', 'SignatureMethod'), 'Algorithm') ?? '',
    digest: (reference && attribute(onlyChild(reference, 'signature', 'DigestMethod'), 'Algorithm')) ?? '',
    ...(certificate ? { certificate: fingerprintOf(certificate) } : {}),
  };
}

/** Returns whether a signature contains a certificate that is not among the known ones. */
export function namesUnknownKey(signature: Element | undefined, known: SamlCertificate[]) {
  const certificate = signature && certificateIn(signature);
  return Boolean(certificate && !known.some(({ fingerprint }) => fingerprint === fingerprintOf(certificate)));
}

function certificateIn(signature: Element) {
  const certificate = allElements(signature).find((element) => isElement(element, 'signature', 'X509Certificate'));
  return certificate && textOf(certificate).replace(/\s+/g, '');
}

function checkShape(signature: Element, parent: Element) {
  const parts = elementsIn(signature);
  const info = onlyChild(signature, 'signature', 'SignedInfo');
  const value = onlyChild(signature, 'signature', 'SignatureValue');
  const keyInfos = children(signature, 'signature', 'KeyInfo').length;
  if (
    !info ||
    !value ||
    keyInfos > 1 ||
    parts.length !== 2 + keyInfos ||
    !isElement(signature, 'signature', 'Signature')
  )
    return 'signature';
  const canonical = onlyChild(info, 'signature', 'CanonicalizationMethod');
  const method = onlyChild(info, 'signature', 'SignatureMethod');
  const reference = onlyChild(info, 'signature', 'Reference');
  if (!canonical || !method || !reference || elementsIn(info).length !== 3) return 'signature';
  const id = attribute(parent, 'ID');
  if (!id || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id) || attribute(reference, 'URI') !== `#${id}`) return 'signature';
  if (attribute(canonical, 'Algorithm') !== NS.exclusive) return 'algorithm';
  if (!isSignatureMethod(attribute(method, 'Algorithm')) || elementsIn(method).length > 0) return 'algorithm';
  return checkReference(reference) ?? (isBase64(value) ? undefined : 'signature');
}

function checkReference(reference: Element) {
  const transforms = onlyChild(reference, 'signature', 'Transforms');
  const digest = onlyChild(reference, 'signature', 'DigestMethod');
  const value = onlyChild(reference, 'signature', 'DigestValue');
  if (!transforms || !digest || !value || elementsIn(reference).length !== 3) return 'signature';
  const steps = children(transforms, 'signature', 'Transform');
  const algorithms = steps.map((step) => attribute(step, 'Algorithm')).join(' ');
  if (algorithms !== `${ENVELOPED} ${NS.exclusive}` || elementsIn(transforms).length !== 2) return 'algorithm';
  const isPlain = (element: Element) =>
    element.localName === 'InclusiveNamespaces' && element.namespaceURI === NS.exclusive;
  if (!steps.flatMap(elementsIn).every(isPlain)) return 'algorithm';
  if (!isDigestMethod(attribute(digest, 'Algorithm'))) return 'algorithm';
  return isBase64(value) ? undefined : 'signature';
}

function isBase64(element: Element) {
  return elementsIn(element).length === 0 && /^[A-Za-z0-9+/=\s]+$/.test(element.textContent ?? '');
}
