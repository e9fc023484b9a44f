import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { cookiesOf } from '@/lib/request/cookie-header';
import { securityHeaders } from '@/lib/request/headers';
import { settle } from '@/lib/request/settle';
import { isSignInForm, takeSignIn } from '@/lib/request/sign-in-form';
import { type RequestStore, requests } from '@/lib/request/store';
import { findVisit } from '@/lib/request/visit';
import { canonicalHost, type Host, parseHost } from '@/lib/tenants/host';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What a form of ours can weigh at most, in bytes; a larger one is not read, one of unknown length neither. */
const LARGEST_BODY = 64 * 1024;

/** Where an identity provider's page posts to us, across sites: what it posts is signed, and larger than our forms. */
const FROM_PROVIDERS = /^\/sso\/saml\/[^/]+\/(acs|logout)$/;
const LARGEST_FROM_PROVIDERS = 4 * LARGEST_BODY;

/** Where an administrator gives us a provider's metadata, as a file or as text. */
const WITH_METADATA = /^\/admin\/single-sign-on\//;
const LARGEST_WITH_METADATA = 9 * LARGEST_BODY;

/** Where an administrator gives us a file of people. */
const WITH_PEOPLE = /^\/admin\/users\/import$/;
const LARGEST_WITH_PEOPLE = 10 * 1024 * 1024 + LARGEST_BODY;

/** Where an administrator gives us a logo; what is larger, its page puts back before it is sent. */
const WITH_LOGO = /^\/admin\/branding$/;
const LARGEST_WITH_LOGO = 20 * LARGEST_BODY;

/** Known to this process alone, so that a request which Next sends to itself is known as one. */
const OWN_REQUEST = { name: 'x-gatehouse-own', value: randomUUID() };

/** Headers that steer Next or name a client, a host or a tenant: whatever comes from outside under these names is not ours. */
const NOT_FROM_OUTSIDE =
  /^x-(forwarded-(host|proto|port|server)|tenant|nonce|middleware-.*|invoke-.*|matched-path|action-.*|prerender-.*|original-.*|rewrite-.*)$|^(content-security-policy|next-url-.*|forwarded|x-real-ip|true-client-ip|x-client-ip|cf-connecting-ip)$/;

/**
 * Promises the listener that stands before Next: it refuses what is malformed, names the client, sets the headers of
 * every response with a fresh nonce, carries the request's store, gives the response the status it was told, and logs.
 */
export function front(next: Handle, dev: boolean) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now();
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const store: RequestStore = {
      id: randomUUID(),
      method: request.method ?? '',
      address: clientAddress(request),
      nonce: randomBytes(16).toString('base64'),
      path: shownPath(request.url ?? '/'),
      query: (request.url ?? '/').slice(path.length + 1),
      interaction: isInteraction(request, path),
    };
    for (const name of Object.keys(request.headers)) {
      // The development server's own pages steer it by headers; a built one is steered by nobody.
      if (NOT_FROM_OUTSIDE.test(name) || (!dev && name.startsWith('x-nextjs-'))) delete request.headers[name];
    }
    const host = parseHost(request.headers.host, env().publicUrl);
    const headers = securityHeaders(store.nonce, path, dev, host.kind === 'root');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('x-request-id', store.id);
    response.once('close', () => writeLine(request, response, path, store, performance.now() - started));

    // After an action's redirect Next fetches the next page itself, but from its own host: of another tenant, or of none.
    // Sent away without a page, it lets the browser go there.
    if (request.headers[OWN_REQUEST.name] === OWN_REQUEST.value) {
      response.writeHead(204).end();
      return;
    }
    request.headers[OWN_REQUEST.name] = OWN_REQUEST.value;
    const refused = refusal(request, path);
    if (refused) return answer(response, refused, request);
    // Next reads the nonce for its own scripts from here.
    request.headers['content-security-policy'] = headers['content-security-policy'];
    request.headers['x-forwarded-proto'] = env().publicUrl.protocol.slice(0, -1);
    if (!path.startsWith('/_next/')) settle(request, response, store);
    requests.run(store, () => {
      const passOn = (isAnswered: boolean) => (isAnswered ? undefined : next(request, response));
      const done = goAhead(request, response, path, host, store).then(passOn);
      done.catch((error) => {
        log().error({ alert: 'request failed', name: error?.name, code: error?.code });
        if (!response.headersSent) answer(response, 500, request);
        else response.destroy();
      });
    });
  };
}

/** Does what is better done before Next, and promises whether that has answered the request. */
async function goAhead(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  host: Host,
  store: RequestStore,
) {
  if (isSignInForm(request, path, host)) return takeSignIn(request, response, host, store);
  if (isForPage(request, path)) await lookAhead(request, host, store);
  return false;
}

/** Whether a browser or Next's router asks for a page. What else there is asks for its visitor where it needs him. */
function isForPage({ method, headers }: IncomingMessage, path: string) {
  const wanted = headers.accept?.includes('text/html') || 'rsc' in headers;
  return method !== 'POST' && wanted && !path.startsWith('/api/') && !path.startsWith('/_next/');
}

/** A page that waits for the database is begun, left and taken up again by both of React's passes, which is a fifth of its cost: it finds its visitor here. */
async function lookAhead(request: IncomingMessage, host: Host, store: RequestStore) {
  try {
    store.visit = await findVisit(host, cookiesOf(request)('session'), store);
  } catch {
    // The page asks itself, and says what is wrong.
  }
}

/** The status of a request that Next must not see, or undefined. Canonicalises the Host header on the way. */
function refusal(request: IncomingMessage, path: string) {
  if (!request.url?.startsWith('/') || request.url.startsWith('//')) return 400;
  if (request.url.length > 8192) return 414;
  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length !== 1 && path !== '/api/health') return 400;
  if (!/^(GET|HEAD|POST)$/.test(request.method ?? '')) return 405;
  // Only a body that says how large it is can be refused before it is read.
  if (request.headers['transfer-encoding']) return 411;
  if (Number(request.headers['content-length'] ?? 0) > largestBodyFor(path)) return 413;
  try {
    decodeURIComponent(path);
  } catch {
    return 400;
  }
  if (path === '/api/health') return;
  const { publicUrl } = env();
  const canonical = canonicalHost(request.headers.host, publicUrl.protocol);
  if (!canonical || parseHost(request.headers.host, publicUrl).kind === 'invalid') return 400;
  request.headers.host = `${canonical.hostname}${canonical.port ? `:${canonical.port}` : ''}`;
  if (request.method === 'POST' && isForeign(request, path)) return 403;
}

function largestBodyFor(path: string) {
  if (FROM_PROVIDERS.test(path)) return LARGEST_FROM_PROVIDERS;
  if (WITH_PEOPLE.test(path)) return LARGEST_WITH_PEOPLE;
  if (WITH_LOGO.test(path)) return LARGEST_WITH_LOGO;
  return WITH_METADATA.test(path) ? LARGEST_WITH_METADATA : LARGEST_BODY;
}

/** Whether another site's page sends this form. Next would answer 500; the root domain alone may hand a sign-in over. */
function isForeign({ headers }: IncomingMessage, path: string) {
  const { origin } = headers;
  const { publicUrl } = env();
  if (origin === undefined) return false;
  if (path === '/sign-in/handoff' && origin === publicUrl.origin) return false;
  if (FROM_PROVIDERS.test(path)) return false;
  return origin !== `${publicUrl.protocol}//${headers.host}`;
}

/** The address of the client: the connection's, or what the outermost of our own proxies wrote down. */
function clientAddress(request: IncomingMessage) {
  const direct = (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
  const hops = env().TRUSTED_PROXY_HOPS;
  if (hops === 0) return direct;
  const chain = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean);
  const named = chain.at(-hops);
  // Some proxies write the port behind it, which is another one at every connection.
  const bare = named?.replace(/^\[(.+)\](:\d+)?$/, '$1').replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
  return bare && isIP(bare) ? bare : direct;
}

function answer(response: ServerResponse, status: number, request: IncomingMessage) {
  response.statusCode = status;
  if (status === 405) response.setHeader('allow', 'GET, HEAD, POST');
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  if (status === 413 || status === 411) response.setHeader('connection', 'close');
  response.end(request.method === 'HEAD' ? undefined : `${status}\n`);
}

/** What an open page asks by itself, to learn whether its session lives. */
const IDLE_CHECKS = new Set(['/api/session', '/operator/session']);

/** What a softphone asks and tells by itself while nobody touches the page. */
const OF_ITSELF = '/api/phone/';

function isInteraction({ method, headers }: IncomingMessage, path: string) {
  const isPrefetch =
    'next-router-prefetch' in headers ||
    'next-router-segment-prefetch' in headers ||
    `${headers.purpose} ${headers['sec-purpose']}`.includes('prefetch');
  return !isPrefetch && !path.startsWith(OF_ITSELF) && !(IDLE_CHECKS.has(path) && method === 'GET');
}

/** The address as the browser shows it, without what Next adds to its own fetches. */
function shownPath(url: string) {
  return url
    .replace(/([?&])_rsc=[^&]*&?/, '$1')
    .replace(/[?&]$/, '')
    .slice(0, 512);
}

function writeLine(request: IncomingMessage, response: ServerResponse, path: string, store: RequestStore, ms: number) {
  if (path.startsWith('/_next/')) return;
  const level = response.statusCode >= 500 ? 'error' : 'info';
  log()[level]({
    id: store.id,
    host: request.headers.host,
    method: store.method,
    // A token stands in three addresses of ours, and in no line of the log.
    path: path.replace(/^\/(reset-password|confirm-email|welcome)\/.+/, '/$1/…').slice(0, 200),
    // Nothing was answered where the client left first.
    status: response.headersSent ? response.statusCode : undefined,
    ms: Math.round(ms),
    address: store.address,
  });
}
