import type { IncomingMessage, ServerResponse } from 'node:http';
import { env } from '@/lib/env';
import { describe, log } from '@/lib/log';
import {
  asPageRequest,
  BodyCutOff,
  BodyTooLarge,
  closeAfterAnswer,
  hasBody,
  readBody,
  withBody,
} from '@/lib/request/body';
import { bodyLimit, isFromProvider, limitFor } from '@/lib/request/body-limits';
import { cookiesOf } from '@/lib/request/cookie-header';
import { securityHeaders } from '@/lib/request/headers';
import { holdPage } from '@/lib/request/hold-page';
import { redirectFromLoopback } from '@/lib/request/loopback';
import { openStore } from '@/lib/request/open-store';
import { NOT_FROM_OUTSIDE, refusal } from '@/lib/request/refusal';
import { isSignInForm, takeSignIn } from '@/lib/request/sign-in-form';
import { type RequestStore, requests } from '@/lib/request/store';
import { findVisit } from '@/lib/request/visit';
import { type Host, parseHost } from '@/lib/tenants/host';
import { plainText } from '@/lib/text';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Returns the listener in front of Next. It refuses what is malformed, names the client,
 * sets the headers of every response with a fresh nonce, reads the body, carries the request's
 * store, and logs.
 */
export function front(next: Handle, dev: boolean) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now();
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const { publicUrl } = env();
    const store = openStore(request, path);
    for (const name of Object.keys(request.headers)) {
      // The development server's own pages steer it by headers; a built one is steered by nobody.
      if (NOT_FROM_OUTSIDE.test(name) || (!dev && name.startsWith('x-nextjs-'))) delete request.headers[name];
    }
    const host = parseHost(request.headers.host, publicUrl);
    const headers = securityHeaders(store.nonce, path, dev, host.kind === 'root');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('x-request-id', store.id);
    response.once('close', () => writeLine(request, response, path, store, performance.now() - started));

    if (redirectFromLoopback(request, response)) return;
    const refused = refusal(request, path);
    if (refused) return answer(response, refused, request);
    // Next reads the nonce for its own scripts from here.
    request.headers['content-security-policy'] = headers['content-security-policy'];
    request.headers['x-forwarded-proto'] = publicUrl.protocol.slice(0, -1);
    if (!path.startsWith('/_next/')) holdPage(request, response, store);
    requests.run(store, () => {
      handle(next, request, response, { path, host, store }).catch((error) => {
        if (error instanceof BodyTooLarge && !response.headersSent) return answer(response, 413, request);
        if (error instanceof BodyCutOff) return response.destroy();
        log().error({ alert: 'request failed', ...describe(error) });
        if (!response.headersSent) answer(response, 500, request);
        else response.destroy();
      });
    });
  };
}

/** Reads the body, does what is better done before Next, and passes the rest on. */
async function handle(
  next: Handle,
  request: IncomingMessage,
  response: ServerResponse,
  { path, host, store }: { path: string; host: Host; store: RequestStore },
) {
  const isSent = hasBody(request);
  const body = isSent ? await bodyFor(request, response, path, host, store) : Buffer.alloc(0);
  if (body === 'answered') return;
  if (body && isSignInForm(request, path, host)) {
    if (await takeSignIn(request, response, host, store, body)) return;
  } else if (body && isSent) {
    return next(withBody(request, body), response);
  }
  // The sign-in form has looked it up already.
  if (!store.visit && isForPage(request, path)) await prefetchVisit(request, host, store);
  return next(request, response);
}

/**
 * Returns the body; undefined where the request has become one for the page, because its sender may
 * not post so much.
 */
async function bodyFor(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  host: Host,
  store: RequestStore,
) {
  const upload = bodyLimit(request.method, path);
  const limit = upload.access ? limitFor(await visitOf(request, host, store), upload) : upload.limit;
  try {
    return await readBody(request, response, limit);
  } catch (error) {
    if (!(error instanceof BodyTooLarge) || (limit === upload.limit && !isFromProvider(path))) throw error;
    closeAfterAnswer(request, response);
    if (!upload.access) {
      store.oversized = true;
      return Buffer.alloc(0);
    }
    if ('next-action' in request.headers) {
      // The script of the form goes to the page, which says why.
      response.writeHead(200, { 'x-action-redirect': `${store.path};replace` }).end();
      return 'answered';
    }
    asPageRequest(request);
  }
}

/** Returns who sends a request; nobody while the database is away, and the page then says so. */
async function visitOf(request: IncomingMessage, host: Host, store: RequestStore) {
  try {
    return await findVisit(host, cookiesOf(request)('session'), store);
  } catch {
    return {};
  }
}

/**
 * Returns whether a browser or Next's router asks for a page. Other routes load the session
 * themselves.
 */
function isForPage({ method, headers }: IncomingMessage, path: string) {
  const wanted = headers.accept?.includes('text/html') || 'rsc' in headers;
  return method !== 'POST' && wanted && !path.startsWith('/api/') && !path.startsWith('/_next/');
}

/**
 * A page that waits for the database is begun, left and taken up again by both of React's passes,
 * which is a fifth of its cost: it finds its visitor here.
 */
async function prefetchVisit(request: IncomingMessage, host: Host, store: RequestStore) {
  try {
    store.visit = await findVisit(host, cookiesOf(request)('session'), store);
  } catch {
    // The page asks itself, and says what is wrong.
  }
}

function answer(response: ServerResponse, status: number, request: IncomingMessage) {
  response.statusCode = status;
  if (status === 405) response.setHeader('allow', 'GET, HEAD, POST');
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  if (hasBody(request)) closeAfterAnswer(request, response);
  response.end(request.method === 'HEAD' ? undefined : `${status}\n`);
}

function writeLine(request: IncomingMessage, response: ServerResponse, path: string, store: RequestStore, ms: number) {
  if (path.startsWith('/_next/')) return;
  const status = store.sent ?? response.statusCode;
  const level = status >= 500 ? 'error' : 'info';
  log()[level]({
    id: store.id,
    host: request.headers.host,
    method: store.method,
    // A token stands in three addresses of ours, and in no line of the log.
    path: plainText(path.replace(/^\/(reset-password|confirm-email|welcome)\/.+/, '/$1/…'), 200),
    // Nothing was answered where the client left first.
    status: response.headersSent ? status : undefined,
    ms: Math.round(ms),
    address: store.address,
  });
}
