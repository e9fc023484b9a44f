import { residentMegabytes } from '@/bench/machine';
import type { Peer } from '@/bench/peer';
import type { Product } from '@/bench/product';
import type { Row } from '@/bench/report';

const MOST_MEGABYTES = 160;

/**
 * Memory of the server process 15 seconds after its start, beside an empty Next server that has
 * served one page.
 */
export function measureMemory(product: Product, peer: Peer): Row[] {
  const empty = residentMegabytes(peer.pid);
  return [
    {
      measure: 'memory of the idle server process',
      value: `${product.memory.toFixed(0)} MB`,
      peer: `empty Next ${empty.toFixed(0)} MB`,
      ratio: product.memory / empty,
      target: `under ${MOST_MEGABYTES} MB`,
      met: product.memory < MOST_MEGABYTES,
    },
  ];
}
