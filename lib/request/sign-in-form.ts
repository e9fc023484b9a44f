import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { describe, log } from '@/lib/log';
import { asPageRequest } from '@/lib/request/body';
import { cookiesOf, sendCookies } from '@/lib/request/cookie-header';
import { echo, singles } from '@/lib/request/form-fields';
import { type Redirection, redirectionAfter } from '@/lib/request/redirection';
import { requestedPathIn } from '@/lib/request/return-to';
import { causeOf, type RequestStore, type Wrong } from '@/lib/request/store';
import { findVisit } from '@/lib/request/visit';
import { awayFailure, failure, isUnavailable } from '@/lib/result';
import { endSessionByToken } from '@/lib/sessions/end';
import { signInPath } from '@/lib/sessions/sign-in-path';
import { signInWithPassword } from '@/lib/sign-in/with-password';
import type { Host } from '@/lib/tenants/host';

const schema = z.object({
  username: z.string().trim().min(1).max(320),
  password: z.string().min(1),
});

/** Whether this is the form of a company's sign-in page, as a browser sends it by itself. Pure. */
export function isSignInForm({ method, headers }: IncomingMessage, path: string, host: Host) {
  const type = headers['content-type'] ?? '';
  const isForm =
    method === 'POST' && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type) && !('next-action' in headers);
  return isForm && path === '/sign-in' && (host.kind === 'tenant' || host.kind === 'domain');
}

/**
 * Answers the sign-in form and returns true if it leads on. Otherwise turns the request into one
 * for the page, which says what is wrong (`refusedForm` in form-states.ts). Decision 0017 says why
 * this happens before Next.
 */
export async function takeSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  host: Host,
  store: RequestStore,
  body: Buffer,
) {
  const form = new URLSearchParams(body.toString('utf8'));
  const answer = await answerTo(form, request, host, store).catch(wentWrong);
  if (answer && 'path' in answer) {
    sendCookies(response, answer.cookies);
    response.writeHead(303, { location: answer.path }).end();
    return true;
  }
  const { username = '' } = echo(form, schema);
  store.refused = answer && { ...answer, values: { username } };
  asPageRequest(request);
  return false;
}

/**
 * Hashing that is busy is said on the page. Anything else is thrown there: 503 where a service is
 * away, else the page of a failure.
 */
function wentWrong(error: unknown): Wrong {
  if (!isUnavailable(error) || error.service !== 'hashing') return { thrown: error };
  log().error({ alert: 'unavailable', ...describe(error) });
  return { failure: awayFailure(error), status: 503 };
}

type Answer = Pick<Redirection, 'cookies' | 'path'> | Wrong | undefined;

/** Returns where to redirect, or what is wrong; undefined if the host has no sign-in page. */
async function answerTo(
  form: URLSearchParams,
  request: IncomingMessage,
  host: Host,
  store: RequestStore,
): Promise<Answer> {
  // Another site's was refused before; what names no origin at all came from no page of ours.
  if (request.headers.origin === undefined) return { failure: failure('cross-site'), status: 403 };
  const cookie = cookiesOf(request);
  const { found } = await findVisit(host, cookie('session'), store);
  store.visit = { found };
  if (found?.tenant.status !== 'active') return;
  const { tenant, policy } = found;
  const returnTo = requestedPathIn(store.query);
  const parsed = schema.safeParse(Object.fromEntries(singles(form)));
  if (!parsed.success) return policy.passwordHidden ? toButtons(returnTo) : { invalid: parsed.error };

  const { username: identifier, password } = parsed.data;
  const cause = causeOf(store, found.user?.id ?? null, request.headers['user-agent'], cookie('device'));
  const result = await signInWithPassword(tenant, policy, { identifier, password, returnTo }, cause);
  if (result.ok) {
    const next = redirectionAfter(result);
    if (next.isIn) await endSessionByToken(tenant, cookie('session'), cause);
    return next;
  }
  return result.error === 'password-hidden' ? toButtons(returnTo) : { failure: result };
}

/** Passwords are hidden since the form was shown: the page now has the buttons, and no fields. */
function toButtons(returnTo: string | null) {
  return { cookies: [], path: signInPath('single-sign-on', returnTo ?? '') };
}
