import type { IncomingMessage, ServerResponse } from 'node:http';
import { withPhone } from '@/lib/request/headers';
import type { RequestStore } from '@/lib/request/store';
import { unavailablePage } from '@/lib/request/unavailable-page';
import { withoutScript } from '@/lib/request/without-script';

/**
 * Holds a page back until it is whole, and then sends it as one piece: with the status that a page
 * or action has asked for meanwhile, and as a plain 503 page where it could not be made. Other
 * answers, such as a download, pass as they come.
 */
export function holdPage(request: IncomingMessage, response: ServerResponse, store: RequestStore) {
  const { writeHead, write, end, flushHeaders } = response;
  const body: Buffer[] = [];
  let held = true;
  const keep = (chunk: unknown, encoding?: unknown) => {
    if (typeof chunk === 'string')
      body.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
    else if (chunk instanceof Uint8Array) body.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  };
  const release = () => {
    held = false;
    Object.assign(response, { writeHead, write, end, flushHeaders });
  };
  const isPage = () => /^text\/(html|x-component)/.test(String(response.getHeader('content-type') ?? ''));

  response.flushHeaders = () => {
    if (held && !isPage()) {
      release();
      response.flushHeaders();
    }
  };
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    response.statusCode = status;
    const headers = rest.at(-1);
    if (headers && typeof headers === 'object')
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string);
    return response;
  }) as typeof response.writeHead;
  response.write = ((chunk: unknown, ...rest: unknown[]) => {
    if (!held || !isPage()) {
      release();
      return (response.write as (...all: unknown[]) => boolean)(chunk, ...rest);
    }
    keep(chunk, rest[0]);
    for (const last of rest) if (typeof last === 'function') process.nextTick(last as () => void);
    return true;
  }) as typeof response.write;
  response.end = ((...all: unknown[]) => {
    release();
    if (typeof all[0] !== 'function') keep(all[0], all[1]);
    const whole = prepare(request, response, store, Buffer.concat(body));
    if (request.method !== 'HEAD' && isPage()) response.setHeader('content-length', whole.length);
    const done = all.find((last) => typeof last === 'function') as (() => void) | undefined;
    // Next sets another status on the response when a second error follows the answer.
    store.sent = response.statusCode;
    return request.method === 'HEAD' || whole.length === 0 ? response.end(done) : response.end(whole, done);
  }) as typeof response.end;
}

/** Sets the status and headers that the page has asked for, and returns the body to send. */
function prepare(request: IncomingMessage, response: ServerResponse, store: RequestStore, page: Buffer) {
  const { status, retryAfter } = store;
  if (retryAfter) response.setHeader('retry-after', String(retryAfter));
  if (store.connect) {
    const phone = withPhone(request.headers['content-security-policy'], store.connect);
    for (const [name, value] of Object.entries(phone)) response.setHeader(name, value);
  }
  // A browser repeats a form at the address of a 307; this one was answered by its page.
  if (store.method === 'POST' && response.statusCode === 307) response.statusCode = 303;
  if (store.formAction) {
    const policy = String(request.headers['content-security-policy']);
    response.setHeader(
      'content-security-policy',
      policy.replace(/form-action [^;]*/, `form-action ${store.formAction}`),
    );
  }
  const isRedirect = response.statusCode >= 300 && response.statusCode < 400;
  const failedPage = status === 503 && response.statusCode >= 500 && !('next-action' in request.headers);
  // A redirect stays one, whatever a step before it has said.
  if (status && !isRedirect) response.statusCode = status;
  if (failedPage) response.setHeader('content-type', 'text/html; charset=utf-8');
  const language = request.headers['accept-language'];
  const missing = response.statusCode < 500 ? store.nothing : undefined;
  const shown = response.statusCode < 400 ? page : withoutScript(page, missing, language);
  return failedPage ? Buffer.from(unavailablePage(language)) : shown;
}
