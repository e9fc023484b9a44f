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

/** Promises the kind of host in `header`; `root` is the host of PUBLIC_URL with its port. Pure. */
export function parseHost(
  header: string | null | undefined,
  root: { hostname: string; port: string; protocol: string },
): Host {
  const canonical = canonicalHost(header, root.protocol);
  if (!canonical) return { kind: 'invalid' };
  const { hostname, port } = canonical;
  if (hostname === root.hostname) return port === root.port ? { kind: 'root' } : { kind: 'invalid' };
  if (hostname.endsWith(`.${root.hostname}`)) {
    const slug = hostname.slice(0, -root.hostname.length - 1);
    if (port !== root.port || !LABEL.test(slug)) return { kind: 'invalid' };
    if (slug === 'operator') return { kind: 'operator' };
    return { kind: 'tenant', slug };
  }
  if (port !== root.port && port !== '') return { kind: 'invalid' };
  return { kind: 'domain', domain: hostname };
}

/** Promises host name and port in lower case, without a closing dot or a default port; undefined where it is neither. */
export function canonicalHost(header: string | null | undefined, protocol: string) {
  const match = /^([a-z0-9.-]{1,253}?)\.?(?::(\d{1,5}))?$/i.exec(header ?? '');
  const hostname = match?.[1]?.toLowerCase();
  if (!hostname?.split('.').every((label) => LABEL.test(label))) return undefined;
  if (/^[\d.]+$/.test(hostname)) return undefined;
  const port = match?.[2] ?? '';
  const isDefault = (protocol === 'https:' && port === '443') || (protocol === 'http:' && port === '80');
  return { hostname, port: isDefault ? '' : port };
}

/** Promises an account ID in its canonical form, or undefined where it cannot be one. Case does not count. */
export function parseAccountId(text: string) {
  const slug = text.trim().toLowerCase();
  return LABEL.test(slug) && !RESERVED_SLUGS.has(slug) ? slug : undefined;
}

/** Promises the two halves of `201-wickedsprockets`, split at the first hyphen: an account ID may hold hyphens itself. */
export function splitExtensionUsername(text: string) {
  const match = /^(\d{2,10})-(.+)$/.exec(text.trim().toLowerCase());
  const slug = match?.[2] && parseAccountId(match[2]);
  return match?.[1] && slug ? { extension: match[1], slug } : undefined;
}
