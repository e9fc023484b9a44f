import type { PhoneRefusal } from '@/lib/phone/wire';
import { takeVolume } from '@/lib/rate-limit/limiter';
import type { LimitName } from '@/lib/rate-limit/limits';
import { isSameOrigin } from '@/lib/request/action-guards';
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
 * Guards a softphone's route: same origin, a live session, a user with a phone, and the limit.
 * Returns the handler's response or a PhoneRefusal.
 */
export function phoneRoute(limit: LimitName, request: Request, handler: Handler) {
  return guarded(limit, request, ({ phone }) => phone !== null, handler);
}

/** Guards the routes of the phone settings page: an administrator, with or without a phone. */
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

/** Returns a refusal as the softphone reads it. */
export function refuse(status: number, refusal: PhoneRefusal, headers: Record<string, string> = {}) {
  return Response.json(refusal, { status, headers });
}

/** Returns the JSON that a page sent, or undefined if it is not valid. */
export async function readJson(request: Request): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers.get('content-type') ?? '')) return undefined;
  return request.json().catch(() => undefined);
}

/**
 * A browser says the origin of what it posts, and of what it gets whether that was another site's
 * doing.
 */
async function isFromHere(request: Request) {
  return request.method === 'POST' ? isSameOrigin() : !isFromElsewhere(request);
}
