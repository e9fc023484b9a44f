import { SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import type { Reason } from '@/lib/sso/answer';
import { CLOCK_SKEW } from '@/lib/sso/clock-skew';
import { type Expected, type Finding, OLDEST, readClaims } from '@/lib/sso/saml/claims';
import { allElements, attribute, isElement, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { type Opened, openText } from '@/lib/sso/saml/message';
import { describeSignature, misshapen, namesUnknownKey, signatureOf } from '@/lib/sso/saml/signatures';
import type { SamlCertificate, SamlSettings } from '@/lib/sso/settings';

/** The provider, and our own key that opens what is encrypted to us. */
export type SamlParty = { issuer: string; settings: SamlSettings; privateKey: string };

export type Found = { assertion: Element; xml: string; root: Element; encrypted: boolean };

export async function checkSignature(
  { xml, root: response }: Opened,
  { assertion, root, encrypted }: Found,
  party: SamlParty,
  certificates: SamlCertificate[],
  expected: Expected,
): Promise<Finding> {
  const own = signatureOf(assertion);
  const above = signatureOf(response);
  const detail = describeSignature(own ?? above);
  const refused = (reason: Reason): Finding => ({ name: 'signature', reason, detail });
  if (!own || (party.settings.responseSigned && !above)) return refused('signature-missing');
  if (attribute(assertion, 'Version') !== '2.0') return refused('not-xml');
  const reason = misshapen(response, [response, assertion]) ?? (encrypted ? misshapen(root, [root]) : undefined);
  if (reason) return refused(reason);
  // Reported among the keys; without one there is nothing to verify with.
  if (certificates.length === 0) return { name: 'signature', reason: 'certificate-expired', detail };
  const outcome = await verify(xml, Boolean(above), party, certificates, expected, attribute(response, 'InResponseTo'));
  if (outcome.ok) return isSame(outcome.assertion, assertion) ? { name: 'signature', detail } : refused('signature');
  if (!outcome.isSignature)
    return { name: 'signature', detail, ...(await unlessClaims(response, assertion, party, expected)) };
  return refused(namesUnknownKey(own, party.settings.certificates) ? 'unknown-key' : 'signature');
}

/** node-saml refused something other than the signature: one of our own checks says what; if none does, the answer is refused here. */
async function unlessClaims(response: Element, assertion: Element, party: SamlParty, expected: Expected) {
  const { findings } = readClaims(response, assertion, party, expected);
  return findings.some(({ reason }) => reason) ? {} : { reason: 'signature' as const };
}

type Outcome = { ok: true; assertion: string } | { ok: false; isSignature: boolean };

async function verify(
  xml: string,
  responseSigned: boolean,
  party: SamlParty,
  certificates: SamlCertificate[],
  { acs, entityId }: Expected,
  inResponseTo: string | undefined,
): Promise<Outcome> {
  const options: SamlConfig = {
    callbackUrl: acs,
    issuer: entityId,
    audience: entityId,
    idpIssuer: party.issuer,
    idpCert: certificates.map(({ pem }) => pem),
    decryptionPvk: party.privateKey,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: responseSigned,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    acceptedClockSkewMs: CLOCK_SKEW,
    maxAssertionAgeMs: OLDEST,
    validateInResponseTo: inResponseTo === undefined ? ValidateInResponseTo.never : ValidateInResponseTo.always,
    // Whether the request is ours and unused is asked of the database, in one statement; this cache only repeats the answer's own word.
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (id) => (id === inResponseTo ? new Date().toISOString() : null),
      removeAsync: async () => null,
    },
  };
  try {
    const { profile } = await new SAML(options).validatePostResponseAsync({
      SAMLResponse: Buffer.from(xml).toString('base64'),
    });
    const assertion = profile?.getAssertionXml?.();
    return assertion ? { ok: true, assertion } : { ok: false, isSignature: true };
  } catch (error) {
    return { ok: false, isSignature: !(error instanceof Error) || !OTHER_COMPLAINTS.test(error.message) };
  }
}

/** What node-saml says where the signature was good. Whatever it may say besides counts as a bad one. */
const OTHER_COMPLAINTS =
  /^(SAML assertion |InResponseTo |SubjectInResponseTo |No valid subject confirmation|Unable to process multiple conditions|Error parsing)/;

/** The bytes that were signed must be the assertion that we read. */
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

/** Every element with its attributes and text, without the signature, which the transform takes out. */
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
