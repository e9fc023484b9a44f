import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** This machine alone can reach these. */
const LOOPBACKS = ['127.0.0.1', '::1'] as const;

/**
 * Opens `port` on every interface, or on this machine alone. Returns the port and what closes all
 * of it.
 */
export async function listen(server: HttpServer, port: number, isLocal: boolean) {
  if (!isLocal) {
    await open(server, port);
    return { port: portOf(server), close: () => closed(server) };
  }
  await open(server, port, LOOPBACKS[0]);
  // What connects to the second address is served by the same server, with its time limits.
  const second = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket));
  const hasSecond = await opensSecond(second, portOf(server));
  return {
    port: portOf(server),
    async close() {
      await Promise.all([closed(server), hasSecond ? closed(second) : undefined]);
    },
  };
}

/** Returns a port that is free on both addresses of this machine. */
export async function freeLocalPort(): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const [first, second] = [createServer(), createServer()];
    try {
      await open(first, 0, LOOPBACKS[0]);
      await opensSecond(second, portOf(first));
      return portOf(first);
    } catch (error) {
      if (attempt === 20) throw error;
    } finally {
      first.close();
      second.close();
    }
  }
}

async function open(server: Server, port: number, host?: string) {
  server.listen({ port, host });
  await once(server, 'listening');
}

/** Some machines have no IPv6: there the first address is all there is. */
async function opensSecond(server: Server, port: number) {
  try {
    await open(server, port, LOOPBACKS[1]);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (/^(EAFNOSUPPORT|EADDRNOTAVAIL|EPROTONOSUPPORT|EINVAL)$/.test(code)) return false;
    throw error;
  }
}

function portOf(server: Server) {
  return (server.address() as AddressInfo).port;
}

function closed(server: Server) {
  return new Promise<void>((resolve) => server.close(() => resolve()));
}
