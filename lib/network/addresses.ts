import ipaddr from 'ipaddr.js';

export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * Which proxies are ours: the networks they are in, or how many of them append to X-Forwarded-For.
 */
export type TrustedProxies = { networks: Network[]; hops: number };

/**
 * Returns an address in its one canonical spelling, or undefined for anything else. IPv4 mapped
 * into IPv6 is IPv4.
 */
export function canonicalAddress(text: string) {
  return parse(text)?.toString();
}

/**
 * Whether an address is one that the public Internet does not route: a proxy's or an office's own.
 */
export function isPrivateAddress(text: string) {
  const range = parse(text)?.range();
  return range !== undefined && PRIVATE.has(range);
}

const PRIVATE = new Set(['private', 'uniqueLocal', 'loopback', 'linkLocal', 'carrierGradeNat']);

export function isInNetworks(text: string, networks: Network[]) {
  const address = parse(text);
  return networks.some(([network, bits]) => address?.kind() === network.kind() && address.match([network, bits]));
}

/** Returns a network written as an address or in CIDR notation, or undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.trim().split('/');
  const network = parse(address);
  if (!network || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const most = network.kind() === 'ipv4' ? 32 : 128;
  const isMapped = most === 32 && address.includes(':');
  const bits = length === undefined ? most : Number(length) - (isMapped ? 96 : 0);
  return bits >= 0 && bits <= most ? [network, bits] : undefined;
}

/** Returns a network in CIDR notation, with its host bits at zero. */
export function networkText([address, bits]: Network) {
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
}

function parse(text: string) {
  // The parser also reads 0x7f.1 and 127.1, which no socket or proxy writes.
  if (!/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*(%\w+)?)$/i.test(text) || !ipaddr.isValid(text))
    return undefined;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv6) {
    if (address.isIPv4MappedAddress()) return address.toIPv4Address();
    address.zoneId = undefined;
  }
  return address;
}
