import type { IncomingMessage } from 'node:http';
import { canonicalAddress, isInNetworks, type Network, type TrustedProxies } from '@/lib/network/addresses';
import type { Client } from '@/lib/network/lookalikes';

/** Returns the client of a request, by the connection and what our own proxies wrote. */
export function clientOf({ socket, headers }: IncomingMessage, trusted: TrustedProxies): Client {
  const peer = canonicalAddress(socket.remoteAddress ?? '') ?? 'unknown';
  // Undefined is an entry that is not an address.
  const chain = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(readEntry);
  const address = trusted.hops > 0 ? (chain.at(-trusted.hops) ?? peer) : beforeProxies(peer, chain, trusted.networks);
  const before = chain.slice(0, address === peer ? undefined : chain.lastIndexOf(address));
  return { address, passedOver: before.filter((one) => one !== undefined && one !== address) as string[] };
}

/** Some proxies append the port, which differs at every connection. */
function readEntry(entry: string) {
  const bare = entry.replace(/^\[(.+)\](:\d+)?$/, '$1').replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
  return canonicalAddress(bare);
}

/** Goes from the connection towards the client for as long as our own proxies speak. */
function beforeProxies(peer: string, chain: (string | undefined)[], networks: Network[]) {
  let address = peer;
  for (const named of [...chain].reverse()) {
    if (named === undefined || !isInNetworks(address, networks)) break;
    address = named;
  }
  return address;
}
