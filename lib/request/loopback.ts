import type { IncomingMessage, ServerResponse } from 'node:http';
import { env } from '@/lib/env';

const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Sends a browser that opened the demonstration by this machine's IP address on to its name, where
 * cookies and tenants work. Returns whether it answered.
 */
export function redirectFromLoopback({ method, url, headers }: IncomingMessage, response: ServerResponse): boolean {
  const { GATEHOUSE_EMBEDDED, publicUrl } = env();
  const host = LOOPBACK.exec(headers.host ?? '');
  if (!GATEHOUSE_EMBEDDED || !host || !/^(GET|HEAD)$/.test(method ?? '') || !url?.startsWith('/')) return false;
  if (url.split('?', 1)[0] === '/api/health') return false;
  const location = `${publicUrl.protocol}//${publicUrl.hostname}${host[1] ?? ''}${url}`;
  response.writeHead(307, { location }).end();
  return true;
}
