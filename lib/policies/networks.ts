import { statement } from '@/db';
import { networkText, parseNetwork } from '@/lib/network/addresses';
import { MOST_NETWORKS, type Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { plainText } from '@/lib/text';

/** Returns whether an address is outside a policy's networks, by the rule that sessions use. */
export async function isOutside({ networks }: Pick<Policy, 'networks'>, address: string) {
  if (networks.length === 0) return false;
  const [row] = await statement<{ allowed: boolean }>(
    "select address_allowed(string_to_array($1, ','), $2) as allowed",
    [networks.join(','), address],
  );
  return !row?.allowed;
}

/**
 * Returns the networks of a text, separated by lines, spaces or commas; an address is a network of
 * one. Fails at `networks` with `network-form` and the entry, or `too-many-networks`.
 */
export function readNetworks(text: string) {
  const entries = [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
  if (entries.length > MOST_NETWORKS) return failure('too-many-networks', { field: 'networks', max: MOST_NETWORKS });
  const networks: string[] = [];
  for (const entry of entries) {
    const network = canonical(entry);
    if (!network) return failure('network-form', { field: 'networks', entry: plainText(entry, 60) });
    networks.push(network);
  }
  return { ok: true as const, networks: [...new Set(networks)] };
}

/** Returns the network of an entry; undefined if malformed, or if it includes all addresses. */
function canonical(entry: string) {
  const network = parseNetwork(entry);
  return network && network[1] > 0 ? networkText(network) : undefined;
}
