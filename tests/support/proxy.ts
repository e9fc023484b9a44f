import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Weather = 'fine' | 'refused' | 'hangs' | 'cut-at-commit';

/**
 * Starts a line to Postgres that can be cut, held up, or broken just when a COMMIT is done. `url`
 * goes through it, and what the server sends goes through `rewrite`.
 */
export async function startProxy(databaseUrl: string, rewrite = (chunk: Buffer) => chunk) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let weather: Weather = 'fine';
  let cuts = 0;
  const server = createServer((client) => {
    if (weather === 'refused') return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    }
    if (weather === 'hangs') client.pause();
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk: Buffer) => {
      if (weather === 'cut-at-commit' && chunk.includes('COMMIT\0')) {
        // It is committed, and nobody hears of it.
        cuts += 1;
        client.destroy();
      } else client.write(rewrite(chunk));
    });
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(databaseUrl);
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cuts: () => cuts,
    turn(next: Weather) {
      weather = next;
      for (const socket of sockets) {
        if (next === 'refused') socket.destroy();
        else if (next === 'hangs') socket.pause();
        else socket.resume();
      }
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
