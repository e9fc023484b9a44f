import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, spawnApp, startEmbeddedApp } from '@/tests/support/app';
import { visitor } from '@/tests/support/browser';
import { freePort } from '@/tests/support/free-port';

/**
 * The demonstration has published passwords and a mailbox that anyone can read, so only this
 * machine may reach it.
 */

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-demonstration-'));
let app: App;

beforeAll(async () => {
  chmodSync(folder, 0o711);
  app = await startEmbeddedApp({ GATEHOUSE_DATA: folder });
});

afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('it listens on the two loopback addresses only', async () => {
  expect(await opens('127.0.0.1', app.port)).toBe(true);
  if (hasIpv6()) expect(await opens('::1', app.port)).toBe(true);
  const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const outside = others.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  for (const { address } of outside) expect([address, await opens(address, app.port)]).toEqual([address, false]);
  // Linux takes all of 127.0.0.0/8 for this machine, so this shows that not every address is
  // listened on.
  expect(await opens('127.0.0.2', app.port)).toBe(false);
});

test('both addresses serve the product, and their IP addresses lead to localhost with port, path and query', async () => {
  for (const host of ['127.0.0.1', '[::1]']) {
    const at = visitor({ port: app.port, host: `${host}:${app.port}`, protocol: 'http' });
    for (const place of ['/', '/sign-in?return_to=%2Fsettings&a=b', '//evil.example/x']) {
      const answer = await at.get(place);
      expect([answer.status, answer.location]).toEqual([307, `http://localhost:${app.port}${place}`]);
    }
    expect((await at.get('/api/health')).status).toBe(200);
  }
  const forwarded = await visitor({ port: app.port, host: '127.0.0.1:8080', protocol: 'http' }).get('/');
  expect(forwarded.location).toBe('http://localhost:8080/');
  expect((await visitor({ port: app.port, host: `192.0.2.1:${app.port}`, protocol: 'http' }).get('/')).status).toBe(
    400,
  );
  if (hasIpv6()) {
    const response = await fetch(`http://[::1]:${app.port}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([307, `http://localhost:${app.port}/`]);
  }
});

test('the mailbox is there at addresses of ours only', async () => {
  const at = (host: string) => visitor({ port: app.port, host: `${host}:${app.port}`, protocol: 'http' });
  const id = '20260301T170500000Z-0123456789abcdef';
  for (const host of ['localhost', 'operator.localhost', 'wickedsprockets.localhost'])
    expect([host, (await at(host).get('/dev/mailbox')).status]).toEqual([host, 200]);
  for (const host of ['rebound.example', 'localhost.example.com', 'no-such-tenant.localhost']) {
    for (const place of [
      '/dev/mailbox',
      `/dev/mailbox/${id}`,
      `/dev/mailbox/${id}/html`,
      '/dev/%6dailbox',
      '/dev/mailbox/',
    ])
      expect([host, place, (await at(host).open(place)).status]).toEqual([host, place, 404]);
  }
});

test.each(['https://example.com', 'https://localhost.example.com', 'https://gatehouse.test'])(
  'at %s it does not start without a database',
  async (address) => {
    const refused = await spawnApp({ GATEHOUSE_DATA: path.join(folder, 'other'), PUBLIC_URL: address });
    expect(await refused.gone).toBe(1);
    expect(refused.output()).toMatch(/^gatehouse: DATABASE_URL: /m);
    expect(refused.output()).not.toMatch(/\n {4}at /);
  },
);

test('a port in use on either address is reported', async () => {
  for (const host of hasIpv6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
    const taken = createServer().listen({ host, port: await freePort() });
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const other = mkdtempSync(path.join(tmpdir(), 'gatehouse-demonstration-'));
    chmodSync(other, 0o711);
    try {
      const refused = await spawnApp({ GATEHOUSE_DATA: other, PORT: String(port) });
      expect(await refused.gone).toBe(1);
      expect(refused.output()).toContain(`gatehouse: PORT: ${port} on ${host} is in use`);
      expect(refused.output()).not.toMatch(/\n {4}at /);
    } finally {
      taken.close();
      rmSync(other, { recursive: true, force: true });
    }
  }
}, 90_000);

function hasIpv6() {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
}

async function opens(host: string, port: number) {
  const socket = connect({ host, port, timeout: 2000 });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
