import type { AsyncLocalStorage } from 'node:async_hooks';
import type { ZodError } from 'zod';
import type { Cause } from '@/lib/audit/record';
import type { Locale } from '@/lib/language/locale';
import { requestContext } from '@/lib/log';
import type { findOperatorSession } from '@/lib/operators/sessions';
import type { Failure } from '@/lib/result';
import type { findSession } from '@/lib/sessions/find';
import { plainText } from '@/lib/text';

/** What the front notes of one HTTP request, and what it is told to answer with. */
export type RequestStore = {
  /** The status of a page that has been sent. */
  sent?: number;
  id: string;
  /** As it came: a form that led nowhere goes on to its page as a GET. */
  method: string;
  /** The client's address, from the connection or the trusted proxy's hop; IPv6 in full. */
  address: string;
  nonce: string;
  /** Path and query that were asked for, as the browser shows them. */
  path: string;
  /** The query exactly as it came: a signature may cover its very characters. */
  query: string;
  /**
   * Whether the person did this: a prefetch and an open page's poll are the browser's doing and
   * keep no session alive.
   */
  interaction: boolean;
  /** Who asks, where that was looked up before the page was begun. */
  visit?: Visit;
  /** A status that Next cannot give from a page or an action. */
  status?: number;
  retryAfter?: number;
  /** Whether an action has begun: Next has read the request by then. */
  actionBegan?: true;
  /** A body from an identity provider that was larger than allowed, and is left out. */
  oversized?: true;
  /** An origin besides our own that the page may open sockets to; it may use the microphone too. */
  connect?: string;
  /** The one other origin that this response's form may post to. */
  formAction?: string;
  /** The database has been waited for in vain; once is enough. */
  unavailable?: Error;
  /** What is wrong with the form that was posted, for the page that shows it again. */
  refused?: RefusedForm;
  /** What the page says where there is nothing at its address. */
  nothing?: NotFoundPage;
};

/** Why a form led nowhere; `values` is what was typed, but no secrets. */
type RefusedForm = { values: Record<string, string> } & Wrong;
export type Wrong = { failure: Failure; status?: number } | { invalid: ZodError } | { thrown: unknown };

/** The language and the markup of what is said. */
export type NotFoundPage = { locale: Locale; markup: string };

export const requests = requestContext as AsyncLocalStorage<RequestStore>;

/** Who asks, for the audit trail. Pure. */
export function causeOf(
  store: RequestStore | undefined,
  actorId: string | null,
  userAgent: string | null | undefined,
  device: string | undefined,
): Cause {
  const { address = 'unknown', id: requestId = 'none' } = store ?? {};
  return { actorId, address, userAgent: plainText(userAgent ?? '', 400), requestId, device };
}

/**
 * Whether another site's page leads here, a sibling tenant's among them. Old browsers do not say.
 * Pure.
 */
export function isFromElsewhere({ headers }: Request) {
  return ['cross-site', 'same-site'].includes(headers.get('sec-fetch-site') ?? 'none');
}

/** Returns whether the user caused this request, not a prefetch or a poll of their browser. */
export function isInteraction() {
  return requests.getStore()?.interaction ?? true;
}

/** Returns the query exactly as it was sent; Next re-encodes it. */
export function rawQuery() {
  return requests.getStore()?.query ?? '';
}

/**
 * Allows the page of this response to open a WebSocket at `socket`'s origin and to use the
 * microphone.
 */
export function connectTo(socket: string) {
  const store = requests.getStore();
  const { protocol, host } = new URL(socket);
  // A host may hold what a policy reads as its own punctuation.
  if (!/^wss?:$/.test(protocol) || !/^[a-z0-9.-]+(:\d+)?$/.test(host)) throw new Error('no origin of a WebSocket');
  if (store) store.connect = `${protocol}//${host}`;
}

/** Whether the body of this request was too large to be read. */
export function isOversized() {
  return requests.getStore()?.oversized ?? false;
}

/**
 * Keeps what the page says where there is nothing at its address: Next leaves that to scripts, and
 * some browsers run none.
 */
export function noteNotFound(nothing: NotFoundPage) {
  const store = requests.getStore();
  if (store) store.nothing = nothing;
}

/** Notes that a request has led to an action, and with that was well formed. */
export function beginAction() {
  const store = requests.getStore();
  if (store) store.actionBegan = true;
}

/**
 * Whether Next fails over an action's request before any action has begun: what was sent is none.
 */
export function isBrokenAction(routeType: string) {
  return routeType === 'action' && !requests.getStore()?.actionBegan;
}

/** Sets the status of the response, from anywhere in a page or action. */
export function answerWith(status: number, retryAfter?: number) {
  const store = requests.getStore();
  if (!store) return;
  store.status = status;
  store.retryAfter = retryAfter;
}

/**
 * What the database knows of who asks: a tenant and its person's session, or the operator's.
 * Nothing on other addresses.
 */
export type Visit = {
  found?: Awaited<ReturnType<typeof findSession>>;
  operator?: Awaited<ReturnType<typeof findOperatorSession>>;
};
