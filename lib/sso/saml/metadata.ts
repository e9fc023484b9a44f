import { failure } from '@/lib/result';
import { FetchRefused, guardedFetch, isFetchable } from '@/lib/sso/guarded-fetch';
import { allElements, attribute, children, isElement, textOf } from '@/lib/sso/saml/dom';
import { readCertificate } from '@/lib/sso/saml/keys';
import { parseScreened } from '@/lib/sso/saml/message';
import { GRACE } from '@/lib/sso/saml/signatures';
import type { SamlCertificate } from '@/lib/sso/settings';

/** In bytes; with a certificate for every service it has, a provider's metadata reach a fifth of it. */
export const LARGEST_METADATA = 512 * 1024;
const LONGEST_ADDRESS = 2048;
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** What a provider's metadata say that we need. */
export type ProviderMetadata = {
  entityId: string;
  signOnUrl: string;
  logoutUrl: string | null;
  certificates: SamlCertificate[];
};

/**
 * Promises what the metadata of one identity provider say. Fails with `metadata` (it is none), `metadata-large`,
 * `metadata-several` (more than one provider in it), `metadata-expired`, `metadata-no-sign-on` (no address to redirect to),
 * `certificate-missing`, or why none of its certificates will do: `certificate`, `certificate-expired`, `certificate-weak`.
 */
export function readMetadata(text: string, now = new Date()) {
  if (text.length > LARGEST_METADATA) return failure('metadata-large');
  const opened = parseScreened(text.replace(/^\ufeff/, ''), 'metadata');
  if (!opened.ok) return failure('metadata');
  const providers = allElements(opened.root)
    .filter((element) => isElement(element, 'metadata', 'EntityDescriptor'))
    .map((entity) => ({ entity, roles: children(entity, 'metadata', 'IDPSSODescriptor').filter(speaksSaml2) }))
    .filter(({ roles }) => roles.length > 0);
  const [provider] = providers;
  const entityId = attribute(provider?.entity, 'entityID')?.trim();
  const role = provider?.roles[0];
  if (!provider || !role || !entityId || entityId.length > 1024) return failure('metadata');
  if (providers.length > 1 || provider.roles.length > 1) return failure('metadata-several');
  const until = attribute(provider.entity, 'validUntil') ?? attribute(role, 'validUntil');
  if (until && Date.parse(until) <= now.getTime()) return failure('metadata-expired');
  const signOnUrl = locationOf(role, 'SingleSignOnService');
  if (!signOnUrl) return failure('metadata-no-sign-on');
  const found = certificatesOf(role, now);
  if (!found.ok) return found;
  const metadata: ProviderMetadata = {
    entityId,
    signOnUrl,
    logoutUrl: locationOf(role, 'SingleLogoutService') ?? null,
    certificates: found.certificates,
  };
  return { ok: true, metadata } as const;
}

/**
 * Promises the metadata behind an address that an administrator has named. Fails as readMetadata does, and with
 * `address-refused`, `provider-unreachable`, `provider-slow`.
 */
export async function fetchMetadata(url: string, now = new Date()) {
  try {
    const headers = { accept: 'application/samlmetadata+xml, application/xml, text/xml' };
    const answer = await guardedFetch(url, { headers }, LARGEST_METADATA);
    if (answer.status !== 200) return failure('provider-unreachable');
    return readMetadata(await answer.text(), now);
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error;
    if (error.reason === 'too-large') return failure('metadata-large');
    if (error.reason === 'address-refused') return failure('address-refused');
    return error.reason === 'provider-slow' ? failure('provider-slow') : failure('provider-unreachable');
  }
}

/** Promises the certificates that count from now on: what the metadata list, and for one day more what they listed before. Pure. */
export function mergeCertificates(known: SamlCertificate[], listed: SamlCertificate[], now: Date): SamlCertificate[] {
  const isListed = ({ fingerprint }: SamlCertificate) => listed.some((one) => one.fingerprint === fingerprint);
  const leaving = known
    .filter((one) => !isListed(one))
    .map((one) => ({ ...one, goneSince: one.goneSince ?? now.toISOString() }))
    .filter(({ goneSince }) => new Date(goneSince).getTime() + GRACE > now.getTime());
  return [...listed, ...leaving];
}

/** Promises whether a person may be sent to an address: https, also inside the company; http on this machine alone. */
function isProviderAddress(address: string) {
  if (!URL.canParse(address) || address.length > LONGEST_ADDRESS) return false;
  const { protocol, username, password } = new URL(address);
  return protocol === 'https:' ? !username && !password : protocol === 'http:' && isFetchable(address);
}

function speaksSaml2(role: Element) {
  return (attribute(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(PROTOCOL);
}

function locationOf(role: Element, service: 'SingleSignOnService' | 'SingleLogoutService') {
  return children(role, 'metadata', service)
    .filter((one) => attribute(one, 'Binding') === REDIRECT)
    .map((one) => attribute(one, 'Location')?.trim() ?? '')
    .find(isProviderAddress);
}

/** All that may sign; one that is over is left out while another is good. */
function certificatesOf(role: Element, now: Date) {
  const texts = children(role, 'metadata', 'KeyDescriptor')
    .filter((key) => (attribute(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => allElements(key).filter((element) => isElement(element, 'signature', 'X509Certificate')))
    .map(textOf);
  const read = [...new Set(texts)].slice(0, 20).map((text) => readCertificate(text, now));
  const certificates = read.flatMap((one) => (one.ok ? [one.certificate] : []));
  const [failed] = read.filter((one) => !one.ok);
  if (certificates.length > 0) return { ok: true, certificates } as const;
  return failed ?? failure('certificate-missing');
}
