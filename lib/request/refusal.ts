import type { IncomingMessage } from 'node:http';
import { parseAndValidateFlightRouterState } from 'next/dist/server/app-render/parse-and-validate-flight-router-state.js';
import { env } from '@/lib/env';
import { declaredLength } from '@/lib/request/body';
import { bodyLimit, isFromProvider } from '@/lib/request/body-limits';
import { canonicalHost } from '@/lib/tenants/host';

/**
 * Headers that steer Next or name a client, a host or a tenant: whatever comes from outside under
 * these names is not ours.
 */
export const NOT_FROM_OUTSIDE =
  /^x-(forwarded-(host|proto|port|server)|tenant|nonce|middleware-.*|invoke-.*|matched-path|action-.*|prerender-.*|original-.*|rewrite-.*)$|^(content-security-policy|next-url-.*|forwarded|x-real-ip|true-client-ip|x-client-ip|cf-connecting-ip)$/;

/**
 * Returns the status of a request that Next must not see, or undefined. Makes the Host header
 * canonical on the way.
 */
export function refusal(request: IncomingMessage, path: string) {
  if (!request.url?.startsWith('/') || request.url.startsWith('//')) return 400;
  if (request.url.length > 8192) return 414;
  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length !== 1 && path !== '/api/health') return 400;
  if (!/^(GET|HEAD|POST)$/.test(request.method ?? '')) return 405;
  if (!/^(100-continue)?$/i.test(request.headers.expect ?? '')) return 417;
  const encoding = request.headers['transfer-encoding'];
  if (encoding !== undefined && (!/^chunked$/i.test(encoding) || 'content-length' in request.headers)) return 400;
  if (declaredLength(request) > bodyLimit(request.method, path).limit && !isFromProvider(path)) return 413;
  if (!isReadable(path) || !isRouterState(request.headers['next-router-state-tree'])) return 400;
  if (path === '/api/health') return;
  const host = canonicalHost(request.headers.host, env().publicUrl);
  if (!host) return 400;
  request.headers.host = host;
  if (request.method === 'POST' && isForeign(request, path)) return 403;
}

/**
 * Whether a path can be decoded; what holds NUL then is no path of ours, and no database takes it.
 */
function isReadable(path: string) {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}

/**
 * Whether Next can read the header by which its router says what a page shows; it fails over any
 * other.
 */
function isRouterState(header: string | string[] | undefined) {
  try {
    parseAndValidateFlightRouterState(header);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether another site's page sends this form. Next would answer 500; the root domain alone may
 * hand a sign-in over.
 */
function isForeign({ headers }: IncomingMessage, path: string) {
  const { origin } = headers;
  const { publicUrl } = env();
  if (origin === undefined) return false;
  if (path === '/sign-in/handoff' && origin === publicUrl.origin) return false;
  if (isFromProvider(path)) return false;
  return origin !== `${publicUrl.protocol}//${headers.host}`;
}
