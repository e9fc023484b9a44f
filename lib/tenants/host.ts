/** Whose address a request came to, read from its Host header alone. */
export type Host =
  | { kind: 'root' }
  | { kind: 'operator' }
  | { kind: 'tenant'; slug: string }
  | { kind: 'domain'; domain: string }
  | { kind: 'invalid' };

/** Names under the root domain that no account may have. */
const RESERVED_SLUGS = new Set(
  (
    'operator admin administrator www api app auth login sign-in signin sso saml oidc mail smtp imap ftp dns ns ns1 ns2 mx static assets cdn ' +
    'status health support help docs blog dev test staging demo localhost root gatehouse portal internal autodiscover wpad sip wss turn stun'
  ).split(' '),
);

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

type Root = { hostname: string; port: string };

/**
 * Returns the kind of host in `header`; `root` is the host of PUBLIC_URL with its port. The
 * header's own port does not count: a proxy may write the one that it listens on. Pure.
 */
export function parseHost(header: string | null | undefined, root: Root): Host {
  const hostname = hostnameIn(header);
  if (!hostname) return { kind: 'invalid' };
  if (hostname === root.hostname) return { kind: 'root' };
  if (!hostname.endsWith(`.${root.hostname}`)) return { kind: 'domain', domain: hostname };
  const slug = hostname.slice(0, -root.hostname.length - 1);
  if (!LABEL.test(slug)) return { kind: 'invalid' };
  return slug === 'operator' ? { kind: 'operator' } : { kind: 'tenant', slug };
}

/**
 * Returns the host that browsers use for what `header` names, with the port of `root`; undefined
 * where it is none. Pure.
 */
export function canonicalHost(header: string | null | undefined, root: Root) {
  if (parseHost(header, root).kind === 'invalid') return undefined;
  return `${hostnameIn(header)}${root.port ? `:${root.port}` : ''}`;
}

/**
 * Returns a Host header's name in lower case, without a closing dot and a port; undefined where it
 * is none.
 */
function hostnameIn(header: string | null | undefined) {
  const match = /^([a-z0-9.-]{1,253}?)\.?(?::(\d{1,5}))?$/i.exec(header ?? '');
  const hostname = match?.[1]?.toLowerCase();
  if (!hostname?.split('.').every((label) => LABEL.test(label))) return undefined;
  return /^[\d.]+$/.test(hostname) || Number(match?.[2] ?? 1) > 65_535 ? undefined : hostname;
}

/**
 * Hyphens in places 3 and 4 mark an encoded label, such as xn--…, and are reserved (RFC 5891,
 * 4.2.3.1).
 */
const ENCODED_LABEL = /^..--/;

/**
 * Returns an account ID in its canonical form, or undefined where it cannot be one. Case does not
 * count.
 */
export function parseAccountId(text: string) {
  const slug = text.trim().toLowerCase();
  return LABEL.test(slug) && !ENCODED_LABEL.test(slug) && !RESERVED_SLUGS.has(slug) ? slug : undefined;
}

/** Splits `201-wickedsprockets` at the first hyphen: an account ID may contain hyphens. */
export function splitExtensionUsername(text: string) {
  const match = /^(\d{2,10})-(.+)$/.exec(text.trim().toLowerCase());
  const slug = match?.[2] && parseAccountId(match[2]);
  return match?.[1] && slug ? { extension: match[1], slug } : undefined;
}
