import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Returns something at the address of an Upstash Redis that does not do what one should. */
export async function startBrokenRedis() {
  let mood: 'hangs' | 'says-500' | 'talks-nonsense' = 'hangs';
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume();
    if (mood === 'hangs') return;
    response.statusCode = mood === 'says-500' ? 500 : 200;
    response.end(mood === 'says-500' ? '{"error":"ERR"}' : '<html>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    turn(next: typeof mood) {
      mood = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
