import type { Connection } from '@/lib/sso/connections/connections';
import { samlAddresses } from '@/lib/sso/connections/saml-addresses';
import { NS } from '@/lib/sso/saml/dom';
import { bareCertificate } from '@/lib/sso/saml/keys';
import { escapeXml } from '@/lib/sso/saml/outgoing';
import type { Tenant } from '@/lib/tenants/tenants';

const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP';
const ENCRYPTION = [
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
];
const NAME_FORMATS = [
  'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
];

/**
 * Returns what a provider loads to know us for a connection: our certificates, the next one too,
 * and where its answers go.
 */
export function ourMetadata(tenant: Tenant, connection: Extract<Connection, { protocol: 'saml' }>) {
  const { entityId, acs, logout } = samlAddresses(tenant, connection.id);
  const { ourCertificate, otherKeys } = connection.settings;
  const published = otherKeys?.use === 'next' ? [ourCertificate, otherKeys.certificate] : [ourCertificate];
  const key = (use: string, certificate: string, methods = '') =>
    `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${methods}</md:KeyDescriptor>`;
  const methods = ENCRYPTION.map((algorithm) => `<md:EncryptionMethod Algorithm="${algorithm}"/>`).join('');
  const keys = published
    .map(bareCertificate)
    .map((certificate) => key('signing', certificate) + key('encryption', certificate, methods))
    .join('');
  const logouts = ['Redirect', 'POST']
    .map((binding) => `<md:SingleLogoutService Binding="${BINDING}-${binding}" Location="${escapeXml(logout)}"/>`)
    .join('');
  const formats = NAME_FORMATS.map((format) => `<md:NameIDFormat>${format}</md:NameIDFormat>`).join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" entityID="${escapeXml(entityId)}">` +
    `<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="${NS.protocol}">` +
    `${keys}${logouts}${formats}` +
    `<md:AssertionConsumerService Binding="${BINDING}-POST" Location="${escapeXml(acs)}" index="0" isDefault="true"/>` +
    `</md:SPSSODescriptor></md:EntityDescriptor>\n`
  );
}
