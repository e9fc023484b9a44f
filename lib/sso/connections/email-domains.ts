import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { asciiDomain } from '@/lib/network/ascii-domain';
import { failure } from '@/lib/result';
import type { Connection } from '@/lib/sso/connections/connections';
import { isPublicMailDomain } from '@/lib/sso/connections/public-mail-domains';

const MOST_DOMAINS = 50;

/** What a form says about whose addresses a connection may use. */
export type DomainChoice = {
  /** Domains with spaces, commas or line ends between them. */
  emailDomains: string;
  createUsers: boolean;
  createRole: 'agent' | 'administrator';
};

/**
 * Reads the email domains of a form, in lower case and punycode. Fails with `domain-invalid`,
 * `domain-public`, `domains-many`, and with `domains-required` where users are created, get a role
 * above agent, or `trusted` addresses depend on them.
 */
export function readDomains({ emailDomains, createUsers, createRole }: DomainChoice, trusted = false) {
  const at = { field: 'emailDomains' } as const;
  const domains: string[] = [];
  for (const word of emailDomains.split(/[\s,;]+/).filter(Boolean)) {
    const domain = canonicalDomain(word.replace(/^@/, ''));
    if (!domain) return failure('domain-invalid', { ...at, domain: word.slice(0, 80) });
    if (isPublicMailDomain(domain)) return failure('domain-public', { ...at, domain });
    if (!domains.includes(domain)) domains.push(domain);
  }
  if (domains.length > MOST_DOMAINS) return failure('domains-many', { ...at, most: MOST_DOMAINS });
  const isRequired = createUsers || createRole !== 'agent' || trusted;
  return domains.length === 0 && isRequired ? failure('domains-required', at) : ({ ok: true, domains } as const);
}

/**
 * Returns whether an address is in one of the domains, exactly: subdomains do not match, and an
 * empty list matches no address.
 */
export function hasEmailIn(domains: string[], address: string) {
  return domains.includes(domainToASCII(address.slice(address.lastIndexOf('@') + 1)).toLowerCase());
}

/** Returns whether a connection would create users, but has no domains that say whom. */
export function lacksDomains({ createUsers, emailDomains }: Pick<Connection, 'createUsers' | 'emailDomains'>) {
  return createUsers && emailDomains.length === 0;
}

/**
 * Returns a domain in the ASCII form used in addresses, or undefined if it is not one. A final dot
 * is allowed.
 */
function canonicalDomain(text: string) {
  const domain = asciiDomain(text.replace(/\.$/, ''));
  const labels = domain.split('.');
  const isDomain = labels.length > 1 && domain.length <= 253 && labels.every((label) => LABEL.test(label));
  return isDomain && !isIP(domain) && /[a-z]/.test(labels.at(-1) ?? '') ? domain : undefined;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
