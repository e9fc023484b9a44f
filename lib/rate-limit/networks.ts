import { isIPv6 } from 'node:net';

/** One client of IPv6 has a whole /64. */
const CLIENT_GROUPS = 4;
/** One customer of a provider often has a whole /48, which holds 65,536 clients. */
const SITE_GROUPS = 3;

/** Returns the client that an address belongs to, and for IPv6 the /48 around it. Pure. */
export function networksOf(address: string): { client: string; site?: string } {
  const groups = groupsOf(address);
  if (!groups) return { client: address };
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return { client: mapped(groups) };
  return { client: prefix(groups, CLIENT_GROUPS), site: prefix(groups, SITE_GROUPS) };
}

/** Returns the eight groups of an IPv6 address in any spelling, or undefined. */
function groupsOf(address: string) {
  const bare = address.replace(/%.*$/, '');
  if (!isIPv6(bare)) return undefined;
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const left = numbers(head);
  const right = numbers(tail ?? '');
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function numbers(text: string) {
  return text ? text.split(':').map((group) => Number.parseInt(group, 16)) : [];
}

function mapped(groups: number[]) {
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function prefix(groups: number[], length: number) {
  const shown = groups.slice(0, length).map((group) => group.toString(16));
  return `${shown.join(':')}::/${length * 16}`;
}
