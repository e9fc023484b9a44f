import { isIP } from 'node:net';
import { statement } from '@/db';
import { MOST_NETWORKS, type Policy } from '@/lib/policies';
import { failure } from '@/lib/result';
import { plainText } from '@/lib/text';

/** Promises whether an address lies outside the networks that a policy allows; the database says, as it does for every session. */
export async function isOutside({ networks }: Pick<Policy, 'networks'>, address: string) {
  if (networks.length === 0) return false;
  const [row] = await statement<{ allowed: boolean }>(
    "select address_allowed(string_to_array($1, ','), $2) as allowed",
    [networks.join(','), address],
  );
  return !row?.allowed;
}

/**
 * Promises the networks that somebody has typed, one a line or parted by commas, an address alone among them. Fails at `networks`
 * with `network-form` and the entry, or `too-many-networks`. Pure.
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

/** The entry with a length behind it and its host bits at zero, as Postgres' cidr wants it; undefined where it is none. Of everything is no limit. */
function canonical(entry: string) {
  const [, address = '', length] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  const kept = length === undefined ? bits : Number(length);
  if (kept < 1 || kept > bits) return undefined;
  const groups = family === 4 ? address.split('.').map(Number) : groupsOf(address);
  const size = bits / groups.length;
  const masked = groups.map((group, at) => {
    const own = Math.min(Math.max(kept - at * size, 0), size);
    return own === 0 ? 0 : (group & ((2 ** own - 1) << (size - own))) >>> 0;
  });
  const text =
    family === 4 ? masked.join('.') : new URL(`http://[${masked.map((g) => g.toString(16)).join(':')}]`).hostname;
  return `${text.replace(/[[\]]/g, '')}/${kept}`;
}

/** The eight groups of an IPv6 address, as a URL spells it out. */
function groupsOf(address: string) {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const front = head.split(':').filter(Boolean);
  const back = (tail ?? '').split(':').filter(Boolean);
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(gap).fill('0'), ...back].map((group) => Number.parseInt(group, 16));
}
