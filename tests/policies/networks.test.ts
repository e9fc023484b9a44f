import { expect, test } from 'vitest';
import { readNetworks } from '@/lib/policies/networks';

test('a network is stored in one spelling, with its host bits at zero', () => {
  expect(readNetworks('192.0.2.77/24, ::ffff:198.51.100.7; 2001:DB8:0::1/33\n::FFFF:c000:200/120 10.0.0.1')).toEqual({
    ok: true,
    networks: ['192.0.2.0/24', '198.51.100.7/32', '2001:db8::/33', '10.0.0.1/32'],
  });
  for (const entry of ['0.0.0.0/0', '::/0', '::ffff:0:0/96', '10.0.0.0/33', '1.2.3', 'fe80::1%eth0/64/1', 'office'])
    expect(readNetworks(entry)).toMatchObject({ error: 'network-form', entry });
});
