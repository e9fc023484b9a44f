import { isIP } from 'node:net';
import { z } from 'zod';

/** Returns a type for a whole number in decimal digits, between two bounds. */
export function wholeNumber(least: number, most: number) {
  const message = `write a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
}

/** Browsers do not open these ports (WHATWG Fetch, "bad port"). */
const BLOCKED_PORTS = new Set(
  (
    '0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 ' +
    '137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 ' +
    '1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080'
  ).split(' '),
);

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A tenant's label and its dot must fit in front of it, in a name of 253 characters. */
const LONGEST_ROOT = 253 - 64;

/** Returns why browsers cannot reach us and our tenants at this root address, or undefined. */
export function rootAddressProblem(text: string) {
  if (!URL.canParse(text)) return 'write it as https://example.com';
  const url = new URL(text);
  const hostname = url.hostname.replace(/\.$/, '');
  if (!/^https?:$/.test(url.protocol)) return 'must start with https:// (http:// is for localhost only)';
  if (url.username || url.password) return 'must not contain a user name or a password';
  if (url.hostname.startsWith('[') || isIP(hostname)) {
    return 'must be a domain name, not an IP address: every tenant has a name under it';
  }
  if (url.pathname !== '/' || text.includes('?') || text.includes('#')) {
    return 'must end after the domain name or port, without a path, query or fragment';
  }
  if (!hostname.split('.').every((label) => LABEL.test(label))) return 'is not a valid domain name';
  if (hostname.length > LONGEST_ROOT) return `must have a domain name of at most ${LONGEST_ROOT} characters`;
  if (BLOCKED_PORTS.has(url.port)) return `browsers do not open port ${url.port}; use another one`;
  return undefined;
}

/** Whether a host name is localhost or under it: RFC 6761 keeps these names on this machine. */
export function isLocalhost(hostname: string) {
  return /(^|\.)localhost$/.test(hostname);
}

export const databaseUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'write it as postgres://role:password@host/database', abort: true })
  .refine(hasReadableParts, 'a character after % is not a code; write % itself as %25')
  .refine((text) => new URL(text).username !== '', 'must name a role: postgres://role:password@host/database')
  .refine((text) => new URL(text).port !== '0', 'port 0 does not exist');

export const smtpUrl = z
  .url({ protocol: /^smtps?$/, error: 'write it as smtps://user:password@host', abort: true })
  .refine((text) => new URL(text).hostname !== '', 'must name a host: smtps://user:password@host')
  .refine(hasReadableParts, 'a character after % is not a code; write % itself as %25')
  .refine((text) => new URL(text).port !== '0', 'port 0 does not exist');

export const serviceUrl = z
  .url({ protocol: /^https?$/, error: 'write it as https://host', abort: true })
  .refine((text) => new URL(text).port !== '0', 'port 0 does not exist');

/** A key that is sent in an HTTP header. */
export const headerToken = z.string().regex(/^[\x21-\x7e]+$/, 'must not contain spaces or special characters');

const ADDRESS = String.raw`[a-z0-9._%+'-]{1,64}@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*`;
const SENDER = new RegExp(`^(${ADDRESS}|("[^"\\\\\\p{Cc}]*"|[^"\\\\,;:<>@()\\p{Cc}]*)\\s*<${ADDRESS}>)$`, 'iu');

export const sender = z
  .string()
  .max(320, 'is too long')
  .regex(SENDER, 'write an email address, or a name and an address: Gatehouse <no-reply@example.com>');

/** Name servers as `192.0.2.53,192.0.2.54:5353,[2001:db8::53]:5353`. */
export const nameServers = z
  .string()
  .transform((text) => text.split(',').map((server) => server.trim()))
  .refine((servers) => servers.every(isNameServer), 'write IP addresses separated by commas, such as 192.0.2.53:5353');

function isNameServer(text: string) {
  if (isIP(text) && !text.includes('%')) return true;
  const [, six, four, port] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  if (six ? isIP(six) !== 6 : isIP(four ?? '') !== 4) return false;
  return port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
}

/** Whether what is percent-encoded in an address can be decoded, as its client does. */
function hasReadableParts(text: string) {
  const { username, password, pathname } = new URL(text);
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
