import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { env } from '@/lib/env';
import { deadline } from '@/lib/network/deadline';
import { plainText } from '@/lib/text';
import { seconds } from '@/lib/time';

/** How long all requests to a provider for one user may take together. */
const PROVIDER_DEADLINE = seconds(8);
const LARGEST_ANSWER = 256 * 1024;
const MOST_REDIRECTS = 3;

/** Thrown with the reason why an address that a tenant entered was not fetched. */
export class FetchRefused extends Error {
  override name = 'FetchRefused';
  constructor(
    readonly reason: 'address-refused' | 'provider-slow' | 'provider-unreachable' | 'too-large',
    readonly address: string,
  ) {
    super(`${reason}: ${address}`);
  }
}

/** Returns a signal that aborts all requests to a provider for one user after 8 s. */
export function providerDeadline() {
  return deadline(PROVIDER_DEADLINE);
}

/**
 * Fetches an untrusted address: https and public addresses only, connecting to exactly the address
 * that was checked; at most `most` bytes, within 8 s or until `init.signal` aborts. Follows checked
 * redirects of a GET only. A local installation may also use loopback. Throws FetchRefused.
 */
export async function guardedFetch(
  input: string | URL | Request,
  init: RequestInit = {},
  most = LARGEST_ANSWER,
): Promise<Response> {
  const address = input instanceof Request ? input.url : String(input);
  // Request itself would throw over credentials in the address.
  if (!isFetchable(address)) throw new FetchRefused('address-refused', shownText(address));
  const request = new Request(input, init);
  const signal = deadline(PROVIDER_DEADLINE, init.signal ?? (input instanceof Request ? input.signal : null));
  const body = Buffer.from(await request.arrayBuffer());
  let url = new URL(request.url);
  for (let hops = 0; ; hops++) {
    const answer = await sendRequest(url, request, body, signal, most);
    const next = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null;
    if (next === null) return answer;
    if (request.method !== 'GET' || hops === MOST_REDIRECTS || !URL.canParse(next, url)) {
      throw new FetchRefused('address-refused', shownAddress(url));
    }
    const target = new URL(next, url);
    // A token must not reach another server.
    if (target.origin !== url.origin && request.headers.has('authorization')) {
      throw new FetchRefused('address-refused', shownAddress(target));
    }
    url = target;
  }
}

/** Returns whether guardedFetch accepts the form of an address. Does not resolve its name. */
export function isFetchable(address: string) {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username || password) return false;
  const literal = literalOf(hostname);
  if (literal && !isAllowed(literal)) return false;
  return protocol === 'https:' || (protocol === 'http:' && env().local && isLoopbackName(hostname));
}

async function sendRequest(url: URL, request: Request, body: Buffer, signal: AbortSignal, most: number) {
  if (!isFetchable(url.href)) throw new FetchRefused('address-refused', shownAddress(url));
  const addresses = await resolve(url, signal);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { ...Object.fromEntries(request.headers), 'accept-encoding': 'identity' };
  return new Promise<Response>((fulfil, reject) => {
    const refuse = (reason: FetchRefused['reason']) => reject(new FetchRefused(reason, shownAddress(url)));
    const sent = send(
      url,
      { method: request.method, headers, agent: false, signal, lookup: lookupOnly(addresses) },
      (response) => readWhole(response, most).then(fulfil, (error) => refuse(reasonFor(error, signal))),
    );
    sent.on('error', (error) => refuse(reasonFor(error, signal)));
    sent.end(request.method === 'GET' ? undefined : body);
  });
}

type ResolvedAddress = { address: string; family: number };

/** Resolves a name once. Throws FetchRefused if any of its addresses is not allowed. */
async function resolve(url: URL, signal: AbortSignal): Promise<ResolvedAddress[]> {
  const host = withoutBrackets(url.hostname);
  const literal = literalOf(url.hostname);
  if (literal) return [{ address: host, family: literal.kind() === 'ipv6' ? 6 : 4 }];
  const found = await Promise.race([lookup(host, { all: true }).catch(() => []), whenAborted(signal)]);
  if (!found) throw new FetchRefused('provider-slow', shownAddress(url));
  if (found.length === 0) throw new FetchRefused('provider-unreachable', shownAddress(url));
  if (!found.every(({ address }) => isAllowed(ipaddr.process(address)))) {
    throw new FetchRefused('address-refused', shownAddress(url));
  }
  return found;
}

/** Returns whether an address is public unicast: not private, link-local, shared or reserved. */
function isAllowed(address: ipaddr.IPv4 | ipaddr.IPv6) {
  const range = address.range();
  return range === 'unicast' || (range === 'loopback' && env().local);
}

/** Returns a lookup that answers with the addresses that were checked, without DNS. */
function lookupOnly(addresses: ResolvedAddress[]): LookupFunction {
  return (_host, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, addresses);
    else done(null, first?.address ?? '', first?.family);
  };
}

class AnswerTooLarge extends Error {}

async function readWhole(response: IncomingMessage, most: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Throwing out of the loop closes the connection, so the rest is not received.
    if (size > most) throw new AnswerTooLarge();
    chunks.push(chunk);
  }
  const status = response.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headersDistinct)) headers.set(name, (value ?? []).join(', '));
  return new Response([204, 205, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers });
}

function reasonFor(error: unknown, signal: AbortSignal): FetchRefused['reason'] {
  if (error instanceof AnswerTooLarge) return 'too-large';
  return signal.aborted ? 'provider-slow' : 'provider-unreachable';
}

function whenAborted(signal: AbortSignal) {
  if (signal.aborted) return undefined;
  return new Promise<undefined>((fulfil) => signal.addEventListener('abort', () => fulfil(undefined), { once: true }));
}

function literalOf(hostname: string) {
  const host = withoutBrackets(hostname);
  return ipaddr.isValid(host) ? ipaddr.process(host) : undefined;
}

function withoutBrackets(hostname: string) {
  return hostname.replace(/^\[|\]$/g, '');
}

function isLoopbackName(hostname: string) {
  const literal = literalOf(hostname);
  return literal ? literal.range() === 'loopback' : /^(.+\.)?localhost$/.test(hostname);
}

function shownText(address: string) {
  return URL.canParse(address) ? shownAddress(new URL(address)) : 'not an address';
}

/** Returns an address without query and credentials, which may hold a secret. */
function shownAddress({ protocol, host, pathname }: URL) {
  return plainText(`${protocol}//${host}${pathname}`, 300);
}
