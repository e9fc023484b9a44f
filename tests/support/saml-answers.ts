import { createHash, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { SignedXml } from 'xml-crypto';
import { type EncryptionAlgorithm, encrypt } from 'xml-encryption';
import type { SamlParty } from '@/lib/sso/saml/check-signature';
import type { ExpectedResponse } from '@/lib/sso/saml/claims';
import { newSamlKeys } from '@/lib/sso/saml/keys';
import { openEncoded } from '@/lib/sso/saml/message';
import { verifyResponse } from '@/lib/sso/saml/verify-response';

/**
 * What an identity provider of the tests' own says: right by default, and wrong in exactly the way
 * a test asks for.
 */

const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
export const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

export type SamlKeys = Awaited<ReturnType<typeof newSamlKeys>>;
export const samlKeys = () => newSamlKeys();

export type AnswerText = {
  issuer: string;
  acs: string;
  entityId: string;
  requestId: string | null;
  nameId?: string;
  format?: string;
  /** Inside the NameID and the e-mail attribute, as XML. */
  nameIdXml?: string;
  emails?: string[];
  emailXml?: string;
  attributes?: Record<string, string[]>;
  now?: Date;
  /** Seconds from now. */
  issuedIn?: number;
  notBeforeIn?: number;
  conditionsEndIn?: number;
  confirmationEndsIn?: number | null;
  sessionIndex?: string;
  authnContext?: string;
  /** When the user signed in at the provider, in seconds from now. */
  authenticatedIn?: number;
  statements?: number;
  method?: string;
  confirmations?: number;
  recipient?: string | null;
  destination?: string | null;
  audience?: string | null;
  assertionIssuer?: string | null;
  responseIssuer?: string | null;
  /** InResponseTo of the response alone, and of the signed confirmation alone. */
  responseRequestId?: string | null;
  confirmationRequestId?: string | null;
  status?: string;
  assertionId?: string;
  responseId?: string;
};

/** Opens and verifies a posted answer, in the two steps in which the product does. */
export async function verifyEncodedResponse(text: string, ...how: [SamlParty, ExpectedResponse]) {
  const opened = openEncoded(text);
  return opened.ok ? verifyResponse(opened, ...how) : { ...opened, checks: [] };
}

/** Returns the XML of a response with one assertion, not yet signed. */
export function answerXml(text: AnswerText) {
  const { status = SUCCESS, now = new Date(), issuedIn = 0 } = text;
  const response = attributes({
    ID: text.responseId ?? newId(),
    Version: '2.0',
    IssueInstant: instant(now, issuedIn),
    Destination: text.destination === undefined ? text.acs : text.destination,
    InResponseTo: text.responseRequestId === undefined ? text.requestId : text.responseRequestId,
  });
  const issuer = text.responseIssuer === undefined ? text.issuer : text.responseIssuer;
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${response}>` +
    `${issuer === null ? '' : `<saml:Issuer>${issuer}</saml:Issuer>`}` +
    `<samlp:Status><samlp:StatusCode Value="${status}"/></samlp:Status>${assertionXml(text)}</samlp:Response>`
  );
}

/** Returns the XML of an assertion by itself. */
export function assertionXml(text: AnswerText) {
  const { now = new Date(), nameId = 'robin@copper.example', format = EMAIL_FORMAT, emails = [nameId] } = text;
  const { issuedIn = 0, conditionsEndIn = 300, confirmationEndsIn = 300, notBeforeIn = -5 } = text;
  const data = attributes({
    InResponseTo: text.confirmationRequestId === undefined ? text.requestId : text.confirmationRequestId,
    NotOnOrAfter: confirmationEndsIn === null ? null : instant(now, confirmationEndsIn),
    Recipient: text.recipient === undefined ? text.acs : text.recipient,
  });
  const confirmation = `<saml:SubjectConfirmation Method="${text.method ?? BEARER}"><saml:SubjectConfirmationData${data}/></saml:SubjectConfirmation>`;
  const issuer = text.assertionIssuer === undefined ? text.issuer : text.assertionIssuer;
  const audience = text.audience === undefined ? text.entityId : text.audience;
  const values = { mail: emails, givenName: ['Robin'], sn: ['Achterberg'], ...text.attributes };
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${text.assertionId ?? newId()}" Version="2.0" IssueInstant="${instant(now, issuedIn)}">` +
    `${issuer === null ? '' : `<saml:Issuer>${issuer}</saml:Issuer>`}` +
    `<saml:Subject><saml:NameID Format="${format}">${text.nameIdXml ?? nameId}</saml:NameID>${confirmation.repeat(text.confirmations ?? 1)}</saml:Subject>` +
    `<saml:Conditions NotBefore="${instant(now, notBeforeIn)}" NotOnOrAfter="${instant(now, conditionsEndIn)}">` +
    `${audience === null ? '' : `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`}</saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${instant(now, text.authenticatedIn ?? 0)}" SessionIndex="${text.sessionIndex ?? newId()}"><saml:AuthnContext>`
      .concat(
        `<saml:AuthnContextClassRef>${text.authnContext ?? 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'}</saml:AuthnContextClassRef>`,
        '</saml:AuthnContext></saml:AuthnStatement>',
      )
      .repeat(text.statements ?? 1) +
    `<saml:AttributeStatement>${Object.entries(values)
      .map(([name, list]) => attributeXml(name, name === 'mail' && text.emailXml ? [text.emailXml] : list))
      .join('')}</saml:AttributeStatement></saml:Assertion>`
  );
}

type SignOptions = {
  signature?: string;
  digest?: string;
  transforms?: string[];
  canonicalization?: string;
  /** Whose certificate stands in KeyInfo; null leaves KeyInfo out. */
  shown?: SamlKeys | null;
};

const SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';

/** Signature algorithms that xml-crypto lacks. */
function signatureBy(name: string, hash: string, dsaEncoding?: 'ieee-p1363') {
  return class {
    getSignature = (text: string, key: string) =>
      sign(hash, Buffer.from(text), { key, dsaEncoding }).toString('base64');
    getAlgorithmName = () => `${MORE}${name}`;
  };
}

class Sha384 {
  getHash = (text: string) => createHash('sha384').update(text).digest('base64');
  getAlgorithmName = () => `${MORE}sha384`;
}

/**
 * Returns the document with the first element of this name signed, the signature behind its
 * issuer.
 */
export function signed(
  xml: string,
  keys: SamlKeys,
  element: 'Assertion' | 'Response' | 'LogoutRequest' | 'LogoutResponse' = 'Assertion',
  options: SignOptions = {},
) {
  const { shown = keys } = options;
  const signer = new SignedXml({
    privateKey: keys.privateKey,
    publicCert: shown?.certificate.pem,
    signatureAlgorithm: options.signature ?? SHA256,
    canonicalizationAlgorithm: (options.canonicalization ?? EXCLUSIVE) as typeof EXCLUSIVE,
    ...(shown ? {} : { getKeyInfoContent: () => null }),
  });
  Object.assign(signer.SignatureAlgorithms, {
    [`${MORE}rsa-sha384`]: signatureBy('rsa-sha384', 'sha384'),
    [`${MORE}ecdsa-sha256`]: signatureBy('ecdsa-sha256', 'sha256', 'ieee-p1363'),
  });
  Object.assign(signer.HashAlgorithms, { [`${MORE}sha384`]: Sha384 });
  const where = `//*[local-name(.)='${element}']`;
  signer.addReference({
    xpath: where,
    transforms: options.transforms ?? [ENVELOPED, EXCLUSIVE],
    digestAlgorithm: options.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  const issuer = `${where}/*[local-name(.)='Issuer']`;
  const hasIssuer = new RegExp(`<(\\w+:)?${element}[^>]*><(\\w+:)?Issuer`).test(xml);
  const location = hasIssuer
    ? ({ reference: issuer, action: 'after' } as const)
    : ({ reference: where, action: 'prepend' } as const);
  signer.computeSignature(xml, { prefix: 'ds', location });
  return signer.getSignedXml();
}

/** Returns the response with its assertion, signed or not, encrypted to this certificate. */
export async function encrypted(
  xml: string,
  { certificate }: Pick<SamlKeys, 'certificate'>,
  content: EncryptionAlgorithm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  key:
    | 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'
    | 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
) {
  const [assertion = ''] = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml) ?? [];
  const data = await encryptedData(assertion, certificate, content, key);
  return xml.replace(assertion, () => `<saml:EncryptedAssertion>${data}</saml:EncryptedAssertion>`);
}

/**
 * Returns the document, not yet signed, with its NameID encrypted to this certificate, as
 * Shibboleth does.
 */
export async function withEncryptedName(xml: string, { certificate }: Pick<SamlKeys, 'certificate'>) {
  const [nameId = ''] = /<saml:NameID[\s\S]*<\/saml:NameID>/.exec(xml) ?? [];
  const named = nameId.replace('<saml:NameID', '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"');
  const data = await encryptedData(named, certificate);
  return xml.replace(nameId, () => `<saml:EncryptedID>${data}</saml:EncryptedID>`);
}

function encryptedData(
  text: string,
  certificate: SamlKeys['certificate'],
  content: EncryptionAlgorithm = 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  key = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
) {
  return promisify(encrypt)(text, {
    rsa_pub: certificate.pem,
    pem: certificate.pem,
    encryptionAlgorithm: content,
    keyEncryptionAlgorithm: key as 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    warnInsecureAlgorithm: false,
  });
}

/** As the POST binding carries it. */
export function encoded(xml: string) {
  return Buffer.from(xml, 'utf8').toString('base64');
}

export function newId() {
  return `_${randomBytes(16).toString('hex')}`;
}

function attributeXml(name: string, values: string[]) {
  return `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`;
}

function attributes(values: Record<string, string | null>) {
  return Object.entries(values)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${value}"`))
    .join('');
}

function instant(now: Date, seconds: number) {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}
