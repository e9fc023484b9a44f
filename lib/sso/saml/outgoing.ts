import { createSign, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import type { Binding, SamlCertificate } from '@/db/schema/sso-settings';
import { NS } from '@/lib/sso/saml/dom';
import type { LogoutHint } from '@/lib/sso/saml/identity';

/** How a message is sent through the browser: a redirect, or a form that it posts. */
export type Outgoing = { address: string } | { action: string; fields: Record<string, string> };

/** Our signing key with its certificate. */
export type SigningKeys = { privateKey: string; certificate: SamlCertificate };

const SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/**
 * Returns the ID of a message of ours: 160 random bits behind an underscore, since XML allows no
 * digit first.
 */
export function newMessageId() {
  return `_${randomBytes(20).toString('hex')}`;
}

/** Returns a request to authenticate the user. With `forceAuthn` the provider must ask again. */
export function authnRequest({
  id,
  destination,
  acs,
  entityId,
  forceAuthn = false,
}: Record<'id' | 'destination' | 'acs' | 'entityId', string> & { forceAuthn?: boolean }) {
  const force = forceAuthn ? ' ForceAuthn="true"' : '';
  const more = `${force} ProtocolBinding="${POST}" AssertionConsumerServiceURL="${escapeXml(acs)}"`;
  return messageXml('AuthnRequest', { id, destination, entityId, more }, '<samlp:NameIDPolicy AllowCreate="true"/>');
}

/** Returns a request to end a user's session at the provider. */
export function logoutRequest({
  hint,
  index,
  ...head
}: {
  id: string;
  destination: string;
  entityId: string;
  hint: LogoutHint;
  index: string | null;
}) {
  const names = { Format: hint.format, NameQualifier: hint.nameQualifier, SPNameQualifier: hint.spNameQualifier };
  const attributes = Object.entries(names).map(([name, value]) => (value ? ` ${name}="${escapeXml(value)}"` : ''));
  const nameId = `<saml:NameID${attributes.join('')}>${escapeXml(hint.nameId)}</saml:NameID>`;
  const session = index ? `<samlp:SessionIndex>${escapeXml(index)}</samlp:SessionIndex>` : '';
  return messageXml('LogoutRequest', { ...head, more: '' }, nameId + session);
}

/** Returns the response to a provider's logout request. */
export function logoutResponse({
  inResponseTo,
  ...head
}: Record<'id' | 'destination' | 'entityId' | 'inResponseTo', string>) {
  const status = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>';
  return messageXml('LogoutResponse', { ...head, more: ` InResponseTo="${escapeXml(inResponseTo)}"` }, status);
}

type OutgoingMessage = {
  kind: 'SAMLRequest' | 'SAMLResponse';
  destination: string;
  binding: Binding;
  xml: string;
  relayState?: string | null;
};

/** Signs a message and returns it as its binding requires. */
export function signMessage({ binding, ...message }: OutgoingMessage, keys: SigningKeys): Outgoing {
  return binding === 'post' ? postForm(message, keys) : { address: signedAddress(message, keys) };
}

function signedAddress(
  { kind, destination, xml, relayState }: Omit<OutgoingMessage, 'binding'>,
  { privateKey }: SigningKeys,
) {
  const parts: [string, string][] = [[kind, deflateRawSync(xml).toString('base64')]];
  if (relayState) parts.push(['RelayState', relayState]);
  parts.push(['SigAlg', SHA256]);
  // The signature covers the text of the query, which must not be encoded again.
  const query = parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const signature = createSign('RSA-SHA256').update(query).sign(privateKey, 'base64');
  const [bare = ''] = destination.split('#', 1);
  return `${bare}${bare.includes('?') ? '&' : '?'}${query}&Signature=${encodeURIComponent(signature)}`;
}

function postForm(
  { kind, destination, xml, relayState }: Omit<OutgoingMessage, 'binding'>,
  keys: SigningKeys,
): Outgoing {
  const fields = { [kind]: Buffer.from(signedXml(xml, keys)).toString('base64') };
  return { action: destination, fields: relayState ? { ...fields, RelayState: relayState } : fields };
}

/** Signs a message of ours as a whole; the signature follows the issuer, as the schema requires. */
function signedXml(xml: string, { privateKey, certificate }: SigningKeys) {
  const signer = new SignedXml({
    privateKey,
    publicCert: certificate.pem,
    signatureAlgorithm: SHA256,
    canonicalizationAlgorithm: NS.exclusive,
  });
  signer.addReference({
    xpath: '/*',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', NS.exclusive],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  const issuer = "/*/*[local-name(.)='Issuer']";
  signer.computeSignature(xml, { prefix: 'ds', location: { reference: issuer, action: 'after' } });
  return signer.getSignedXml();
}

function messageXml(
  name: string,
  { id, destination, entityId, more }: Record<'id' | 'destination' | 'entityId' | 'more', string>,
  content: string,
) {
  const head = ` ID="${id}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${escapeXml(destination)}"${more}`;
  const names = ` xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}"`;
  return `<samlp:${name}${names}${head}><saml:Issuer>${escapeXml(entityId)}</saml:Issuer>${content}</samlp:${name}>`;
}

/** Escapes text for an element or an attribute. */
export function escapeXml(text: string) {
  return text.replace(/[&<>"'\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
