import type { SamlCertificate, SamlSettings } from '@/db/schema/sso-settings';
import type { Finding, Reason } from '@/lib/sso/answer';
import { allElements, attribute, isElement, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { openText } from '@/lib/sso/saml/message';
import { describeSignature, findShapeError, namesUnknownKey, signatureOf } from '@/lib/sso/saml/signatures';
import { verifyEnveloped } from '@/lib/sso/saml/xml-signature';

/** The provider, and our keys that decrypt its messages. */
export type SamlParty = { issuer: string; settings: SamlSettings; decryptionKeys: string[]; emailDomains?: string[] };

export type FoundAssertion = { assertion: Element; xml: string; root: Element; encrypted: boolean };

/**
 * Returns whether the assertion, and the response where it must or does carry one, has a genuine
 * signature.
 */
export function checkSignature(
  response: Element,
  { assertion, root, encrypted }: FoundAssertion,
  party: SamlParty,
  certificates: SamlCertificate[],
): Finding {
  const own = signatureOf(assertion);
  const above = signatureOf(response);
  const detail = describeSignature(own ?? above);
  const refused = (reason: Reason): Finding => ({ name: 'signature', reason, detail });
  if (!own || (party.settings.responseSigned && !above)) return refused('signature-missing');
  if (attribute(assertion, 'Version') !== '2.0') return refused('not-xml');
  const reason =
    findShapeError(response, [response, assertion]) ?? (encrypted ? findShapeError(root, [root]) : undefined);
  if (reason) return refused(reason);
  // Reported among the keys; without one there is nothing to verify with.
  if (certificates.length === 0) return refused('certificate-expired');
  const isWhole = !above || verifyEnveloped(response, above, certificates) !== undefined;
  const signed = isWhole ? verifyEnveloped(assertion, own, certificates) : undefined;
  if (signed !== undefined && isSame(signed, assertion)) return { name: 'signature', detail };
  return refused(namesUnknownKey(own, party.settings.certificates) ? 'unknown-key' : 'signature');
}

/** Returns whether the signed bytes are the assertion that was read. */
function isSame(verified: string, assertion: Element) {
  const opened = openText(verified);
  if (!opened.ok || !isElement(opened.root, 'assertion', 'Assertion')) return false;
  const plain = (element: Element) => ({
    id: attribute(element, 'ID'),
    nameId: textOf(onlyChild(onlyChild(element, 'assertion', 'Subject') ?? element, 'assertion', 'NameID')),
    words: wordsOf(element),
  });
  return JSON.stringify(plain(opened.root)) === JSON.stringify(plain(assertion));
}

/** Returns every element with attributes and text, without the signature, as the transform does. */
function wordsOf(root: Element) {
  const signature = signatureOf(root);
  const left = new Set(signature ? allElements(signature) : []);
  return allElements(root)
    .filter((element) => !left.has(element))
    .map((element) => [
      element.namespaceURI,
      element.localName,
      ...Array.from(element.attributes)
        .filter(({ name }) => !/^xmlns(:|$)/.test(name))
        .map(({ namespaceURI, localName, name, value }) => `${namespaceURI ?? ''} ${localName ?? name}=${value}`)
        .sort(),
      ownText(element),
    ]);
}

function ownText(element: Element) {
  let text = '';
  for (let node = element.firstChild; node; node = node.nextSibling) if (node.nodeType === 3) text += node.nodeValue;
  return text;
}
