import { networkText, parseNetwork } from '@/lib/network/addresses';

/** One client of IPv6 has a whole /64. */
const CLIENT_BITS = 64;
/** One customer of a provider often has a whole /48, which holds 65,536 clients. */
const SITE_BITS = 48;

/** Returns the client that an address belongs to, and for IPv6 the /48 around it. */
export function networksOf(address: string): { client: string; site?: string } {
  const [parsed] = parseNetwork(address) ?? [];
  if (!parsed) return { client: address };
  if (parsed.kind() === 'ipv4') return { client: parsed.toString() };
  return { client: networkText([parsed, CLIENT_BITS]), site: networkText([parsed, SITE_BITS]) };
}
