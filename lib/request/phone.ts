import type { PhoneRefusal } from '@/lib/phone/wire';
import { takeVolume } from '@/lib/rate-limit/limiter';
import type { LimitName } from '@/lib/rate-limit/limits';
import { isSameOrigin } from '@/lib/request/action';
import { withDatabase } from '@/lib/request/api';
import { currentRequest } from '@/lib/request/current';
import { isFromElsewhere } from '@/lib/request/store';
import type { CurrentUser, FoundSession } from '@/lib/sessions/find';
import { mayOpen } from '@/lib/users/permissions';

/** Whose phone asks. */
export type Caller = Pick<FoundSession, 'tenant' | 'phone'> & {
  user: CurrentUser;
  session: NonNullable<FoundSession['session']>;
};

type Handler = (caller: Caller) => Promise<Response>;

/**
 * Guard of what a softphone asks of us: a page of this very host, a live session, a person with a phone, and not too often.
 * Promises the handler's answer, or a refusal of the wire.
 */
export function phoneRoute(limit: LimitName, request: Request, handler: Handler) {
  return guarded(limit, request, ({ phone }) => phone !== null, handler);
}

/** The same for what the page of phone settings asks: an administrator, with a phone of his own or without. */
export function phoneSettingsRoute(limit: LimitName, request: Request, handler: Handler) {
  return guarded(limit, request, ({ user }) => mayOpen('phone', user), handler);
}

function guarded(limit: LimitName, request: Request, admits: (caller: Caller) => boolean, handler: Handler) {
  return withDatabase(async () => {
    if (!(await isFromHere(request))) return refuse(403, { error: 'foreign' });
    const { found } = await currentRequest();
    if (found?.tenant.status !== 'active') return refuse(403, { error: 'no-phone' });
    const { tenant, user, session, phone, why } = found;
    if (!user || !session) return refuse(401, { error: 'signed-out', ...(why && { why }) });
    const caller = { tenant, user, session, phone };
    if (!admits(caller)) return refuse(403, { error: 'no-phone' });
    const volume = await takeVolume(limit, session.id, '');
    if (!volume.ok) return refuse(429, { error: 'too-many' }, { 'retry-after': String(volume.retryAfter) });
    return handler(caller);
  });
}

/** Promises a refusal in the words of the wire. */
export function refuse(status: number, refusal: PhoneRefusal, headers: Record<string, string> = {}) {
  return Response.json(refusal, { status, headers });
}

/** Promises what a page has sent as JSON, or undefined where it is none. */
export async function readJson(request: Request): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers.get('content-type') ?? '')) return undefined;
  return request.json().catch(() => undefined);
}

/** A browser says the origin of what it posts, and of what it gets whether that was another site's doing. */
async function isFromHere(request: Request) {
  return request.method === 'POST' ? isSameOrigin() : !isFromElsewhere(request);
}
