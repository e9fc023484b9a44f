import { createServer, type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hasBody } from '@/lib/request/body';
import { minutes, seconds } from '@/lib/time';

/** Returns a server with deadlines for everything that a client may leave half done. */
export function openServer({ dev }: { dev: boolean }) {
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: seconds(10),
    requestTimeout: seconds(30),
    // How often Node looks whether either has passed.
    connectionsCheckingInterval: seconds(2),
  });
  // A client that stops reading an answer; the development server's own sockets may be silent for
  // longer.
  if (!dev) server.setTimeout(minutes(2));
  return server;
}

/**
 * Answers every request by `listener`, whatever the client asks besides: an upgrade to another
 * protocol is ignored (RFC 9110, 7.8), which Node does while nothing listens for it.
 */
export function answerAll(server: Server, listener: RequestListener) {
  // With Expect, too: the front asks for a body only when it will read it.
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) {
    server.on(event, (request, response) => {
      // Node reads nothing behind such a request, so the client must send what follows on another
      // connection.
      if ('upgrade' in request.headers) response.shouldKeepAlive = false;
      listener(request, response);
    });
  }
  server.on('connect', (_request, socket: Socket) => {
    socket.on('error', () => undefined);
    socket.end(NO_TUNNEL, () => socket.destroy());
  });
}

const NO_TUNNEL =
  'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, POST\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * In development the pages' own socket goes to Next; for anything else the upgrade is ignored here
 * too.
 */
export function upgradeForDevelopment(server: Server, next: Server, listener: RequestListener) {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.url?.startsWith('/_next/hmr')) return void next.emit('upgrade', request, socket, head);
    socket.on('error', () => undefined);
    // Node has let go of the socket, so a body would never come.
    if (hasBody(request)) return void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    const response = new ServerResponse(request);
    response.setHeader('connection', 'close');
    response.assignSocket(socket);
    response.once('finish', () => socket.end());
    listener(request, response);
  });
}
