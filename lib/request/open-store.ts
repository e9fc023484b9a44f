import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { env } from '@/lib/env';
import { noteClient } from '@/lib/network/lookalikes';
import { clientOf } from '@/lib/request/client-address';
import type { RequestStore } from '@/lib/request/store';

export function openStore(request: IncomingMessage, path: string): RequestStore {
  const url = request.url ?? '/';
  const { trustedProxies } = env();
  const client = clientOf(request, trustedProxies);
  noteClient(client);
  return {
    id: randomUUID(),
    method: request.method ?? '',
    address: client.address,
    nonce: randomBytes(16).toString('base64'),
    path: shownPath(url),
    query: url.slice(path.length + 1),
    interaction: isByUser(request, path),
  };
}

/** What an open page asks by itself, to learn whether its session lives. */
const IDLE_CHECKS = new Set(['/api/session', '/operator/session']);

/** What a softphone asks and tells by itself while nobody touches the page. */
const PHONE_ROUTES = '/api/phone/';

function isByUser({ method, headers }: IncomingMessage, path: string) {
  const isPrefetch =
    'next-router-prefetch' in headers ||
    'next-router-segment-prefetch' in headers ||
    `${headers.purpose} ${headers['sec-purpose']}`.includes('prefetch');
  return !isPrefetch && !path.startsWith(PHONE_ROUTES) && !(IDLE_CHECKS.has(path) && method === 'GET');
}

/** The address as the browser shows it, without what Next adds to its own fetches. */
function shownPath(url: string) {
  return url
    .replace(/([?&])_rsc=[^&]*&?/, '$1')
    .replace(/[?&]$/, '')
    .slice(0, 512);
}
