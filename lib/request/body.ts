import { IncomingMessage, type ServerResponse } from 'node:http';
import { seconds } from '@/lib/time';

/** Thrown for a body of more than the allowed bytes. */
export class BodyTooLarge extends Error {}

/** Thrown where the client leaves, or is too slow, before it has sent the whole body. */
export class BodyCutOff extends Error {}

export function hasBody({ headers }: IncomingMessage) {
  return headers['transfer-encoding'] !== undefined || declaredLength({ headers }) > 0;
}

/** Returns the bytes that a request announces; 0 where it announces none. */
export function declaredLength({ headers }: Pick<IncomingMessage, 'headers'>) {
  return Number(headers['content-length'] ?? 0);
}

/**
 * Returns a request's whole body. Throws BodyTooLarge at the first byte over `limit`, else
 * BodyCutOff.
 */
export function readBody(request: IncomingMessage, response: ServerResponse, limit: number) {
  if (declaredLength(request) > limit) return Promise.reject(new BodyTooLarge());
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
  return new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const count = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      request.off('data', count);
      reject(new BodyTooLarge());
    };
    request.on('data', count);
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    request.on('error', () => reject(new BodyCutOff()));
  });
}

/** Returns the request with a body that was read already, to be read once more. */
export function withBody(request: IncomingMessage, body: Buffer) {
  const copy = new IncomingMessage(request.socket);
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  Object.assign(copy, { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor });
  delete headers['transfer-encoding'];
  delete headers.expect;
  headers['content-length'] = String(body.length);
  copy.complete = true;
  if (body.length > 0) copy.push(body);
  copy.push(null);
  return copy;
}

/** Makes a request one for the page at its address, with nothing to read. */
export function asPageRequest(request: IncomingMessage) {
  request.method = 'GET';
  for (const name of ['content-type', 'content-length', 'transfer-encoding', 'expect']) delete request.headers[name];
}

/**
 * Closes the connection after the answer, though the client may still be sending: what arrives is
 * dropped for a moment first, because closing over unread bytes would reset the connection and lose
 * the answer.
 */
export function closeAfterAnswer(request: IncomingMessage, response: ServerResponse) {
  const { socket } = request;
  response.setHeader('connection', 'close');
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    setTimeout(() => socket.destroy(), LINGER).unref();
  };
}

const LINGER = seconds(2);
