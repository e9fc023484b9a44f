import type { SamlCertificate } from '@/db/schema/sso-settings';
import type { Finding, ProviderAnswer, ProviderCheck, Reason } from '@/lib/sso/answer';
import { checkSignature, type FoundAssertion, type SamlParty } from '@/lib/sso/saml/check-signature';
import { type AssertionClaims, type ExpectedResponse, readClaims } from '@/lib/sso/saml/claims';
import { openEncrypted, openNameId } from '@/lib/sso/saml/decrypt';
import { allElements, attribute, children, isElement, onlyChild, textOf } from '@/lib/sso/saml/dom';
import { readIdentity } from '@/lib/sso/saml/identity';
import { type OpenedXml, openText } from '@/lib/sso/saml/message';
import { currentCertificates } from '@/lib/sso/saml/signatures';
import { plainText } from '@/lib/text';

export type VerifiedResponse = ProviderAnswer & {
  /** InResponseTo: signed if the response is accepted, only claimed if it is refused. */
  requestId: string | null;
} & ({ ok: false } | { ok: true; assertionId: string; expiresAt: Date });

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/**
 * Verifies an opened SAML response. Returns the identity it names, or the reason of its refusal.
 * Cheap checks come before the signature. The caller checks that the request is ours and unused,
 * and that the assertion is new.
 */
export async function verifyResponse(
  opened: OpenedXml,
  party: SamlParty,
  expected: ExpectedResponse,
): Promise<VerifiedResponse> {
  const { root: response } = opened;
  const claimed = attribute(response, 'InResponseTo') ?? null;
  const status = statusOf(response);
  if (!isElement(response, 'protocol', 'Response') || attribute(response, 'Version') !== '2.0')
    return refusedAt('response', 'not-xml', { root: response.nodeName }, claimed);
  if (status.codes[0] !== SUCCESS)
    return refusedAt('response', 'status', { status: status.codes.join(' '), message: status.message }, claimed);
  const found = await assertionIn(opened, party.decryptionKeys);
  if (!found.ok) return refusedAt('response', found.reason, found.received, claimed);

  const claims = readClaims(response, found.assertion, party, expected);
  const certificates = currentCertificates(party.settings.certificates, expected.now);
  const before: Finding[] = [
    checkKeys(party.settings.certificates, certificates),
    { name: 'response', detail: { status: SUCCESS, encrypted: found.encrypted ? 'true' : 'false' } },
  ];
  const hiddenName = hiddenNameIn(found.assertion);
  const isWrong = [...before, ...claims.findings].some(
    ({ name, reason }) => reason && !(hiddenName && name === 'attributes'),
  );
  if (isWrong && !expected.reportAll) return concludeFindings([...before, ...claims.findings], claims, claimed);
  const signature = checkSignature(response, found, party, certificates);
  const named = hiddenName && !signature.reason ? await withName(claims, found.assertion, hiddenName, party) : claims;
  return concludeFindings([...before, signature, ...named.findings], named, claimed);
}

/** Returns an encrypted name. Shibboleth encrypts only that; it is decrypted once verified. */
function hiddenNameIn(assertion: Element) {
  const subject = onlyChild(assertion, 'assertion', 'Subject');
  const isAlone = subject && children(subject, 'assertion', 'NameID').length === 0;
  return isAlone ? onlyChild(subject, 'assertion', 'EncryptedID') : undefined;
}

async function withName(
  claims: AssertionClaims,
  assertion: Element,
  hidden: Element,
  party: SamlParty,
): Promise<AssertionClaims> {
  const nameId = await openNameId(hidden, party.decryptionKeys);
  const { identity, finding } = readIdentity(assertion, nameId, party);
  const named: Finding = nameId ? finding : { ...finding, reason: 'encryption' };
  return { ...claims, identity, findings: claims.findings.map((one) => (one.name === 'attributes' ? named : one)) };
}

function concludeFindings(findings: Finding[], claims: AssertionClaims, claimed: string | null): VerifiedResponse {
  const checks: ProviderCheck[] = findings.map(({ name, reason, detail }) => ({
    name,
    ok: !reason,
    detail: shortened(detail),
  }));
  const received = receivedIn(findings);
  const reason = findings.find((finding) => finding.reason)?.reason;
  if (reason) return { ok: false, reason, received, checks, requestId: claims.requestId ?? claimed };
  // Unreachable; fails closed.
  if (!claims.identity || !claims.assertionId)
    return { ok: false, reason: 'name-id', received, checks, requestId: claimed };
  const { identity, assertionId, expiresAt, requestId } = claims;
  return { ok: true, identity, received, checks, requestId, assertionId, expiresAt };
}

/** Returns the one assertion of a response. A decrypted one is screened like a plain one. */
async function assertionIn(
  { root, xml }: OpenedXml,
  keys: string[],
): Promise<({ ok: true } & FoundAssertion) | { ok: false; reason: Reason; received: Record<string, string> }> {
  const plain = children(root, 'assertion', 'Assertion');
  const encrypted = children(root, 'assertion', 'EncryptedAssertion');
  const everywhere = allElements(root).filter(({ localName }) => /^(Encrypted)?Assertion$/.test(localName));
  if (plain.length + encrypted.length !== 1 || everywhere.length !== 1)
    return { ok: false, reason: 'assertion-count', received: {} };
  if (plain[0]) return { ok: true, assertion: plain[0], root, xml, encrypted: false };
  const text = encrypted[0] && (await openEncrypted(encrypted[0], keys));
  if (text === undefined) return { ok: false, reason: 'encryption', received: {} };
  const inner = openText(text);
  if (!inner.ok) return inner;
  const inside = allElements(inner.root).filter(({ localName }) => /^(Encrypted)?Assertion$/.test(localName));
  if (!isElement(inner.root, 'assertion', 'Assertion') || inside.length !== 1)
    return { ok: false, reason: 'assertion-count', received: {} };
  return { ok: true, assertion: inner.root, root: inner.root, xml: inner.xml, encrypted: true };
}

function checkKeys(all: SamlCertificate[], inForce: SamlCertificate[]): Finding {
  const dates = inForce.map(({ fingerprint, notAfter }) => `${fingerprint.slice(0, 16)} ${notAfter.slice(0, 10)}`);
  return {
    name: 'keys',
    reason: inForce.length === 0 ? 'certificate-expired' : undefined,
    detail: { certificates: dates.join(', '), inForce: String(inForce.length), listed: String(all.length) },
  };
}

function statusOf(response: Element) {
  const status = onlyChild(response, 'protocol', 'Status');
  const codes: string[] = [];
  for (
    let code = onlyChild(status, 'protocol', 'StatusCode');
    code && codes.length < 3;
    code = onlyChild(code, 'protocol', 'StatusCode')
  ) {
    codes.push(attribute(code, 'Value') ?? '');
  }
  return { codes, message: textOf(onlyChild(status, 'protocol', 'StatusMessage')) };
}

function refusedAt(
  name: Finding['name'],
  reason: Reason,
  detail: Record<string, string>,
  requestId: string | null,
): VerifiedResponse {
  const short = shortened(detail);
  return { ok: false, reason, received: short, checks: [{ name, ok: false, detail: short }], requestId };
}

/** Returns what the provider sent, shortened, without signatures and tokens. */
function receivedIn(findings: Finding[]) {
  const all = Object.fromEntries(
    findings.flatMap(({ name, detail }) =>
      Object.entries(detail)
        .filter(([key]) => key !== 'expected' && key !== 'listed' && key !== 'inForce' && key !== 'now')
        .map(([key, value]) => [key === 'received' ? name : key, value]),
    ),
  );
  return shortened(all);
}

function shortened(detail: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(detail)
      .filter(([, value]) => value)
      .map(([key, value]) => [key, plainText(value, 300)]),
  );
}
