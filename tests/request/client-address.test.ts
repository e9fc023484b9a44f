import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { canonicalAddress, isInNetworks, parseNetwork } from '@/lib/network/addresses';
import { clientOf } from '@/lib/request/client-address';

describe('an address', () => {
  test('has one spelling, and IPv4 mapped into IPv6 is IPv4', () => {
    for (const text of [
      '198.51.100.7',
      '::ffff:198.51.100.7',
      '::FFFF:198.51.100.7',
      '::ffff:c633:6407',
      '::FFFF:C633:6407',
      '0:0:0:0:0:ffff:198.51.100.7',
      '0000:0000:0000:0000:0000:ffff:c633:6407',
      '0::ffff:c633:6407',
    ])
      expect([text, canonicalAddress(text)]).toEqual([text, '198.51.100.7']);
    for (const text of ['2001:DB8::7', '2001:0db8:0:0:0:0:0:7', '2001:db8::0.0.0.7'])
      expect([text, canonicalAddress(text)]).toEqual([text, '2001:db8::7']);
    expect(canonicalAddress('fe80::1%eth0')).toBe('fe80::1');
  });

  test('is nothing else', () => {
    for (const text of [
      '',
      'unknown',
      '_hidden',
      '1.2.3',
      '1.2.3.4.5',
      '0x7f.1',
      '127.1',
      '256.1.1.1',
      '1.2.3.4/8',
      'a:b',
      ':::',
    ])
      expect([text, canonicalAddress(text)]).toEqual([text, undefined]);
  });
});

describe('a network', () => {
  test('holds its addresses in every spelling, and no others', () => {
    const networks = ['10.0.0.0/8', '192.0.2.7', '::ffff:172.16.0.0/108', '2001:db8::/32'].map(read);
    for (const text of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '172.31.0.1', '2001:db8:ffff::1'])
      expect([text, isInNetworks(text, networks)]).toEqual([text, true]);
    for (const text of ['11.0.0.1', '192.0.2.8', '172.32.0.1', '2001:db9::1', '::1', 'unknown'])
      expect([text, isInNetworks(text, networks)]).toEqual([text, false]);
  });

  test('is an address with a length that fits it', () => {
    for (const text of [
      '',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '::/129',
      '::ffff:10.0.0.0/95',
      'proxy',
      '*',
    ])
      expect([text, parseNetwork(text)]).toEqual([text, undefined]);
    expect(parseNetwork('0.0.0.0/0')).toBeDefined();
  });
});

describe('the client', () => {
  const networks = ['10.0.0.0/8', '203.0.113.9', '2001:db8::/32'].map(read);
  const at = (peer: string, forwarded?: string) => clientOf(request(peer, forwarded), { networks, hops: 0 }).address;

  test('is the last address that no proxy of ours has, from the right', () => {
    expect(at('10.0.0.1', '198.51.100.7')).toBe('198.51.100.7');
    expect(at('::ffff:10.0.0.1', '198.51.100.7')).toBe('198.51.100.7');
    expect(at('10.0.0.1', '198.51.100.7, 203.0.113.9')).toBe('198.51.100.7');
    expect(at('10.0.0.1', '192.0.2.1, 198.51.100.7, 203.0.113.9, 10.3.3.3')).toBe('198.51.100.7');
    expect(at('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
    expect(at('2001:db8::1', '[2001:DB9::5]:4711')).toBe('2001:db9::5');
    expect(at('10.0.0.1', '198.51.100.7:4711')).toBe('198.51.100.7');
    expect(at('10.0.0.1', '::ffff:c633:6407')).toBe('198.51.100.7');
  });

  test('is the connection’s own address where that is no proxy of ours, whatever it claims', () => {
    expect(at('192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
    expect(at('::FFFF:192.0.2.1', '10.0.0.1')).toBe('192.0.2.1');
    expect(at('10.0.0.1')).toBe('10.0.0.1');
  });

  test('no address is read before an invalid entry', () => {
    expect(at('10.0.0.1', '198.51.100.7, unknown')).toBe('10.0.0.1');
    expect(at('10.0.0.1', '198.51.100.7, nonsense, 203.0.113.9')).toBe('203.0.113.9');
    expect(at('10.0.0.1', ', ,')).toBe('10.0.0.1');
  });

  test('by the number of proxies is that many from the right, else the connection’s', () => {
    const byHops = (hops: number, forwarded?: string) =>
      clientOf(request('::ffff:10.0.0.1', forwarded), { networks: [], hops });
    expect(byHops(1, '198.51.100.7, 203.0.113.9')).toEqual({ address: '203.0.113.9', passedOver: ['198.51.100.7'] });
    expect(byHops(2, '192.0.2.1, 198.51.100.7, 203.0.113.9').address).toBe('198.51.100.7');
    expect(byHops(2, '198.51.100.7')).toEqual({ address: '10.0.0.1', passedOver: ['198.51.100.7'] });
    expect(byHops(0, '198.51.100.7')).toEqual({ address: '10.0.0.1', passedOver: ['198.51.100.7'] });
    expect(byHops(1, '198.51.100.7')).toEqual({ address: '198.51.100.7', passedOver: [] });
    expect(byHops(1, 'nonsense').address).toBe('10.0.0.1');
    expect(byHops(1).address).toBe('10.0.0.1');
  });
});

function read(text: string) {
  const network = parseNetwork(text);
  if (!network) throw new Error(`no network: ${text}`);
  return network;
}

function request(remoteAddress: string, forwarded?: string) {
  return { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } as unknown as IncomingMessage;
}
