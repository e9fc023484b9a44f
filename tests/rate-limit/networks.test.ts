import { expect, test } from 'vitest';
import { networksOf } from '@/lib/rate-limit/networks';

test.each([
  ['192.0.2.7', { client: '192.0.2.7' }],
  ['::ffff:192.0.2.7', { client: '192.0.2.7' }],
  ['::FFFF:c000:207', { client: '192.0.2.7' }],
  ['0:0:0:0:0:ffff:c000:0207', { client: '192.0.2.7' }],
  ['2001:db8:a:b:c:d:e:f', { client: '2001:db8:a:b::/64', site: '2001:db8:a::/48' }],
  ['2001:0DB8:000A:000B::1%eth0', { client: '2001:db8:a:b::/64', site: '2001:db8:a::/48' }],
  ['::1', { client: '::/64', site: '::/48' }],
  ['', { client: '' }],
])('%s is counted as %j in every spelling', (address, networks) => {
  expect(networksOf(address)).toEqual(networks);
});
