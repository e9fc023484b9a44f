import type { Binding, SamlCertificate } from '@/db/schema/sso-settings';
import { failure } from '@/lib/result';
import { FetchRefused, guardedFetch, isFetchable } from '@/lib/sso/guarded-fetch';
import { decodeMetadata } from '@/lib/sso/saml/decode-metadata';
import { allElements, attribute, children, elementsIn, isElement, textOf } from '@/lib/sso/saml/dom';
import { readCertificate } from '@/lib/sso/saml/keys';
import { parseScreened } from '@/lib/sso/saml/message';
import { WITHDRAWAL_GRACE } from '@/lib/sso/saml/signatures';

/** In bytes, or characters of pasted text. AD FS writes 70 KB, twice that in UTF-16. */
export const LARGEST_METADATA = 512 * 1024;
const LONGEST_ADDRESS = 2048;
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** What is used of a provider's metadata. */
export type ProviderMetadata = {
  entityId: string;
  signOnUrl: string;
  signOnBinding: Binding;
  logoutUrl: string | null;
  logoutBinding: Binding;
  /** Where logout responses go, if not to `logoutUrl` (`ResponseLocation`). */
  logoutResponseUrl: string | null;
  certificates: SamlCertificate[];
};

/**
 * Returns what the metadata of one identity provider say: bytes of a file or response with its
 * charset, or pasted text. Fails with a code of `metadata-…`, or why no certificate can be used:
 * `certificate-missing`, `certificate`, `certificate-expired`, `certificate-weak`. Codes carry what
 * was `found` and the `line` where the sentence names them.
 */
export function readMetadata(source: Buffer | string, now = new Date(), charset?: string) {
  if (source.length > LARGEST_METADATA) return failure('metadata-large');
  const decoded = decodeMetadata(source, charset);
  if (!decoded.ok) return decoded;
  const opened = openMetadata(decoded.text);
  return opened.ok ? readRoot(opened.root, now) : opened;
}

/**
 * Returns the metadata behind an address that an administrator has named. Fails as readMetadata
 * does, and with `address-refused`, `provider-unreachable`, `provider-slow`.
 */
export async function fetchMetadata(url: string, now = new Date()) {
  try {
    const headers = { accept: 'application/samlmetadata+xml, application/xml, text/xml' };
    const answer = await guardedFetch(url, { headers }, LARGEST_METADATA);
    if (answer.status !== 200) return failure('provider-unreachable');
    const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(answer.headers.get('content-type') ?? '')?.[1];
    return readMetadata(Buffer.from(await answer.arrayBuffer()), now, charset);
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error;
    if (error.reason === 'too-large') return failure('metadata-large');
    if (error.reason === 'address-refused') return failure('address-refused');
    return error.reason === 'provider-slow' ? failure('provider-slow') : failure('provider-unreachable');
  }
}

/**
 * Returns the certificates that count from now on: those listed, and for one day more those listed
 * before.
 */
export function mergeCertificates(known: SamlCertificate[], listed: SamlCertificate[], now: Date): SamlCertificate[] {
  const isListed = ({ fingerprint }: SamlCertificate) => listed.some((one) => one.fingerprint === fingerprint);
  const leaving = known
    .filter((one) => !isListed(one))
    .map((one) => ({ ...one, goneSince: one.goneSince ?? now.toISOString() }))
    .filter(({ goneSince }) => new Date(goneSince).getTime() + WITHDRAWAL_GRACE > now.getTime());
  return [...listed, ...leaving];
}

/** Parses decoded metadata. Recognizes HTML, JSON and plain text by how they start. */
function openMetadata(text: string) {
  const start = text.replace(/\s+/g, ' ').trim().slice(0, 60);
  if (!start) return failure('metadata-empty');
  if (/^<(!doctype html|html)\b/i.test(start)) return failure('metadata-html');
  if (/^[{[]/.test(start)) return failure('metadata-json');
  if (!start.startsWith('<')) return failure('metadata-text', { found: start });
  const parsed = parseScreened(text, 'metadata');
  if (parsed.ok) return parsed;
  const { what, found, line } = parsed.fault;
  if (what === 'doctype') return failure('metadata-doctype', { line });
  if (what === 'entity') return failure('metadata-entity', { found, line });
  if (what === 'namespace') return failure('metadata-namespace', { found, line });
  if (what === 'size') return failure('metadata-size', { line });
  return failure('metadata-malformed', { found: found || start, line });
}

/**
 * Reads the one identity provider in a document. Fails with what the document describes instead.
 */
function readRoot(root: Element, now: Date) {
  if (root.localName === 'html') return failure('metadata-html');
  const entities = allElements(root).filter((element) => isElement(element, 'metadata', 'EntityDescriptor'));
  if (entities.length === 0) return failure('metadata-root', { found: root.nodeName.slice(0, 60) });
  const providers = entities
    .map((entity) => ({ entity, roles: children(entity, 'metadata', 'IDPSSODescriptor') }))
    .filter(({ roles }) => roles.length > 0);
  const [provider] = providers;
  if (!provider) return withoutProvider(entities);
  if (providers.length > 1) {
    const names = providers.slice(0, 3).map(({ entity }) => entityIdOf(entity));
    return failure('metadata-several', { count: providers.length, found: names.join(', ') });
  }
  return readProvider(provider.entity, provider.roles, now);
}

function withoutProvider(entities: Element[]) {
  const [entity] = entities;
  const found = entityIdOf(entity);
  const roles = entities.flatMap(elementsIn);
  if (roles.some((role) => isElement(role, 'metadata', 'SPSSODescriptor'))) return failure('metadata-sp', { found });
  if (roles.some((role) => /fed/i.test(`${attribute(role, 'protocolSupportEnumeration')}`)))
    return failure('metadata-ws-fed', { found });
  return failure('metadata-no-provider', { found });
}

function readProvider(entity: Element, all: Element[], now: Date) {
  const roles = all.filter(speaksSaml2);
  const [role] = roles;
  const entityId = attribute(entity, 'entityID')?.trim();
  if (!entityId || entityId.length > 1024) return failure('metadata-entity-id');
  if (!role) return failure('metadata-protocol', { found: attribute(all[0], 'protocolSupportEnumeration') ?? '' });
  if (roles.length > 1) return failure('metadata-several', { count: roles.length, found: entityId });
  const until = attribute(entity, 'validUntil') ?? attribute(role, 'validUntil');
  if (until && Date.parse(until) <= now.getTime()) return failure('metadata-expired', { found: until.slice(0, 40) });
  const signOn = endpointOf(role, 'SingleSignOnService');
  if (!signOn) return failure('metadata-no-sign-on', { found: endpointsIn(role) || '–' });
  const found = certificatesOf(role, now);
  if (!found.ok) return found;
  const logout = endpointOf(role, 'SingleLogoutService');
  const metadata: ProviderMetadata = {
    entityId,
    signOnUrl: signOn.location,
    signOnBinding: signOn.binding,
    logoutUrl: logout?.location ?? null,
    logoutBinding: logout?.binding ?? 'redirect',
    logoutResponseUrl: logout?.responseLocation ?? null,
    certificates: found.certificates,
  };
  return { ok: true, metadata } as const;
}

function entityIdOf(entity: Element | undefined) {
  return (attribute(entity, 'entityID') ?? '–').slice(0, 100);
}

/**
 * Whether a browser may be sent to an address: https, also inside the company; http on this machine
 * alone. A host is written into a content security policy, so it may hold none of that policy's
 * punctuation.
 */
function isProviderAddress(address: string) {
  if (!URL.canParse(address) || address.length > LONGEST_ADDRESS) return false;
  const { protocol, username, password, host } = new URL(address);
  if (!/^[a-z0-9.-]+(:\d+)?$/.test(host)) return false;
  return protocol === 'https:' ? !username && !password : protocol === 'http:' && isFetchable(address);
}

function speaksSaml2(role: Element) {
  return (attribute(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(PROTOCOL);
}

type EndpointService = 'SingleSignOnService' | 'SingleLogoutService';

/** Returns where messages go: by redirect where the provider takes it, else by a form. */
function endpointOf(role: Element, service: EndpointService) {
  const found = children(role, 'metadata', service).map((one) => ({
    binding: attribute(one, 'Binding'),
    location: attribute(one, 'Location')?.trim() ?? '',
    responseLocation: attribute(one, 'ResponseLocation')?.trim(),
  }));
  const usable = found.filter(
    ({ location, responseLocation = location }) => isProviderAddress(location) && isProviderAddress(responseLocation),
  );
  const redirect = usable.find(({ binding }) => binding === REDIRECT);
  if (redirect) return { ...redirect, binding: 'redirect' } as const;
  const post = usable.find(({ binding }) => binding === POST);
  return post && ({ ...post, binding: 'post' } as const);
}

/** Returns the sign-on endpoints of a provider, none of which can be used, for a message. */
function endpointsIn(role: Element) {
  return children(role, 'metadata', 'SingleSignOnService')
    .map((one) => `${attribute(one, 'Binding')?.split(':').at(-1) ?? '–'} ${attribute(one, 'Location') ?? ''}`.trim())
    .join(', ')
    .slice(0, 300);
}

/** Returns every certificate that may sign. An expired one is left out while another is valid. */
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
