import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { instances } from '@/tests/support/instances';
import { newTenant } from '@/tests/support/users';
import { exchange, head } from '@/tests/support/wire';

const running = instances();
const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'];
const WEBSOCKET = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];

describe('a request to change the protocol', () => {
  test('is answered as if it did not ask, with the headers of every answer', async () => {
    const { host } = await newTenant();
    const { port } = running.app();
    for (const upgrade of [H2C, WEBSOCKET, ['Connection: keep-alive, upgrade', 'Upgrade: TLS/1.0, nonsense']]) {
      for (const [path, status] of [
        ['/api/health', 200],
        ['/sign-in', 200],
        ['/nothing', 404],
        ['/_next/hmr?id=1', 404],
      ] as const) {
        const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...upgrade];
        const { text } = await exchange(port, [head(...lines)], { until: /\r\n\r\n/ });
        expect([path, text.split('\r\n', 1)[0]]).toEqual([path, expect.stringMatching(`^HTTP/1.1 ${status} `)]);
        expect(text).toMatch(/x-request-id: /i);
        expect(text).not.toMatch(/^upgrade:/im);
      }
    }
  });

  test('keeps its body, and closes the connection on which nothing more would be read', async () => {
    const { host } = await newTenant();
    const body = 'username=nobody&password=nothing';
    const form = head(
      'POST /sign-in HTTP/1.1',
      `Host: ${host}`,
      `Origin: https://${host}`,
      ...WEBSOCKET,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
    );
    const behind = head('GET /api/health?live HTTP/1.1', `Host: ${host}`, ...H2C);
    const { text, closed } = await exchange(running.app().port, [form + body + behind]);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(text).toMatch(/^connection: close$/im);
    expect([text.includes('name="username"'), closed]).toEqual([true, true]);
    const pipelined = await exchange(running.app().port, [behind + behind]);
    expect([pipelined.text.match(/HTTP\/1\.1 200/g)?.length, pipelined.closed]).toEqual([1, true]);
  });

  test('that also waits to be asked for its body is answered, and its connection closed', async () => {
    const { host } = await newTenant();
    for (const [path, status] of [
      ['/sign-in', 200],
      ['/nothing', 404],
      ['/admin/users/import', 303],
    ] as const) {
      const request = head(
        `POST ${path} HTTP/1.1`,
        `Host: ${host}`,
        `Origin: https://${host}`,
        ...WEBSOCKET,
        'Expect: 100-continue',
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Length: 21',
      );
      const { text, closed } = await exchange(running.app().port, [request, 'username=a&password=b']);
      expect([path, text.match(/HTTP\/1\.1 \d+/g), closed]).toEqual([
        path,
        ['HTTP/1.1 100', `HTTP/1.1 ${status}`],
        true,
      ]);
    }
  });

  test('leaves nothing open when its client is gone, however many there are', async () => {
    const { host } = await newTenant();
    const { port, pid } = running.app();
    const open = () => readdirSync(`/proc/${pid}/fd`).length;
    const before = open();
    const sockets: Socket[] = [];
    for (let count = 0; count < 400; count++) {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => undefined).resume();
      socket.write(head(`GET /api/health?live HTTP/1.1`, `Host: ${host}`, ...(count % 2 ? H2C : WEBSOCKET)));
      // Some say that they have finished and then wait; some vanish.
      if (count % 3 === 0) socket.end();
      sockets.push(socket);
    }
    const answered = sockets.map((socket) => new Promise((resolve) => socket.once('end', resolve)));
    await Promise.all(answered);
    for (const socket of sockets) socket.destroy();
    const health = await exchange(port, [head('GET /api/health HTTP/1.1', `Host: ${host}`, 'Connection: close')]);
    expect(health.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(open()).toBeLessThan(before + 40);
  }, 60_000);
});

describe('a connection that asks for something else', () => {
  test('gets 405 for CONNECT and is closed', async () => {
    const request = head('CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443');
    const { text, closed } = await exchange(running.app().port, [request]);
    expect([text.split('\r\n', 1)[0], closed]).toEqual(['HTTP/1.1 405 Method Not Allowed', true]);
  });

  test('is asked for its body only if that will be read', async () => {
    const { host } = await newTenant();
    const { port } = running.app();
    const post = (path: string, length: number, ...more: string[]) =>
      head(
        `POST ${path} HTTP/1.1`,
        `Host: ${host}`,
        `Origin: https://${host}`,
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${length}`,
        'Expect: 100-continue',
        ...more,
      );
    const asked = await exchange(port, [post('/sign-in', 10)], { until: /\r\n\r\n/ });
    expect(asked.text).toMatch(/^HTTP\/1\.1 100 /);
    const large = await exchange(port, [post('/sign-in', 10_000_000)]);
    expect(large).toEqual({ text: expect.stringMatching(/^HTTP\/1\.1 413 /), closed: true });
    const stranger = await exchange(port, [post('/admin/users/import', 10_000_000)]);
    expect(stranger).toEqual({ text: expect.stringMatching(/^HTTP\/1\.1 303 /), closed: true });
    const odd = head('GET /sign-in HTTP/1.1', `Host: ${host}`, 'Expect: a-miracle', 'Connection: close');
    expect((await exchange(port, [odd])).text).toMatch(/^HTTP\/1\.1 417 .*x-request-id: /is);
  });

  test('and sends no more of its request is closed within the deadlines', async () => {
    const { host } = await newTenant();
    const started = Date.now();
    const silent = exchange(running.app().port, []).catch(() => ({ closed: true }));
    const half = exchange(running.app().port, [`GET /sign-in HTTP/1.1\r\nHost: ${host}\r\nCookie: a`]);
    expect(await half).toEqual({ text: expect.stringMatching(/^HTTP\/1\.1 408 /), closed: true });
    expect((await silent).closed).toBe(true);
    expect(Date.now() - started).toBeLessThan(16_000);
  }, 30_000);
});
