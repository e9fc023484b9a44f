import Bowser from 'bowser';
import { and, desc, eq, isNotNull, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { lookUp, statement, type Tx, withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { attempts, devices } from '@/db/schema/sign-in';
import { type Cause, record } from '@/lib/audit/record';
import type { Branding } from '@/lib/branding/brand';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import type { Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import type { Overview } from '@/lib/sessions/overview';
import type { Host } from '@/lib/tenants/host';
import type { Locale, Tenant } from '@/lib/tenants/tenants';
import { isEntitled } from '@/lib/users/permissions';

/** What was shown besides the first proof; `provider` where the identity provider asked for it, `device` where the person is remembered. */
export type Factor = 'totp' | 'recovery-code' | 'provider' | 'device';

export type CurrentUser = {
  id: string;
  username: string;
  extension: string | null;
  firstName: string;
  lastName: string;
  email: string | null;
  role: 'agent' | 'administrator';
  emergency: boolean;
  locale: Locale | null;
  timeZone: string | null;
};

export type FoundSession = {
  tenant: Tenant;
  brand: Branding | null;
  policy: Policy;
  /**
   * Why a cookie was shown and opens nothing: idle, the absolute cap, a second factor now required,
   * passwords now hidden, single sign-on withdrawn, an address outside the networks allowed, or
   * ended.
   */
  why: 'idle' | 'absolute' | 'second-factor' | 'single-sign-on' | 'sso-withdrawn' | 'network' | 'ended' | null;
  session: {
    id: string;
    factor: Factor | null;
    connectionId: string | null;
    createdAt: string;
    msLeft: number;
  } | null;
  user: CurrentUser | null;
  /** Where his softphone connects to; null for a person without one. */
  phone: { socket: string } | null;
};

/**
 * Promises the tenant of an address and the live session of a cookie there, in one statement. `slide` is an interaction of
 * the person; `home` asks for what Home tells him in the same breath.
 */
export async function findSession(
  host: Extract<Host, { kind: 'tenant' | 'domain' }>,
  token: string | undefined,
  slide: boolean,
  { address, home = false }: { address?: string; home?: boolean } = {},
) {
  const [row] = await lookUp<Row>(home ? SESSION_AND_HOME : SESSION, [
    host.kind === 'tenant' ? host.slug : null,
    host.kind === 'domain' ? host.domain : null,
    isToken(token) ? hashToken(token) : null,
    slide,
    address ?? null,
  ]);
  if (!row?.found) return undefined;
  if (isWithdrawn(row.found)) return { ...row.found, ...WITHDRAWN, home: null };
  return { ...row.found, home: row.home ?? null };
}

/** Sessions through single sign-on end when the operator withdraws the feature. */
function isWithdrawn({ tenant, session }: FoundSession) {
  return session !== null && session.connectionId !== null && !isEntitled(tenant, 'single-sign-on');
}

const WITHDRAWN = { why: 'sso-withdrawn', session: null, user: null, phone: null } as const;

type Row = { found: FoundSession | null; home?: Overview | null };

const SESSION = 'select find_session($1, $2, $3, $4, $5) as found';
const SESSION_AND_HOME = `with session as materialized (${SESSION})
  select found, case when found #>> '{session,id}' is not null
    then home_overview((found #>> '{tenant,id}')::uuid, (found #>> '{user,id}')::uuid) end as home
  from session`;

/** A call rings, runs or is wrapped up: that is no idleness, for as long as the policy's grace lasts. Promises the milliseconds left, or undefined for a session that is gone. */
export async function noteBusy(tenant: Pick<Tenant, 'id'>, sessionId: string) {
  const [row] = await statement<{ left: number | null }>('select note_busy($1::uuid, $2::uuid) as left', [
    tenant.id,
    sessionId,
  ]);
  return row?.left ?? undefined;
}

/** Ends one session and gives it a new token in its place, keeping what it had proved: the person stays, the old token is dead. */
export async function rotateSession(tx: Tx, tenantId: string, sessionId: string) {
  const token = randomToken();
  const [row] = await tx
    .update(sessions)
    .set({ tokenHash: hashToken(token) })
    .where(and(eq(sessions.tenantId, tenantId), eq(sessions.id, sessionId)))
    .returning({ maxAge: sql<number>`extract(epoch from ${sessions.absoluteUntil} - now())::int` });
  return row && { token, maxAge: row.maxAge };
}

/** Returns the id of the session with this token, as a part of a statement. */
export function sessionOfToken(tenantId: string, token: string) {
  return sql`(select id from sessions where tenant_id = ${tenantId} and token_hash = ${hashToken(token)})`;
}

/** Returns whether the user has proved who they are in this session within the last ten minutes. */
export async function isProvedLately(tenant: Pick<Tenant, 'id'>, sessionId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ lately: sql<boolean>`coalesce(${sessions.provedAt} > now() - interval '10 minutes', false)` })
      .from(sessions)
      .where(and(eq(sessions.tenantId, tenant.id), eq(sessions.id, sessionId))),
  );
  return row?.lately ?? false;
}

/**
 * Notes that the user of a session proved who they are: now, or at an earlier moment in
 * milliseconds, null if that is unknown.
 */
export async function noteProof(tx: Tx, tenantId: string, sessionId: string | SQL, at?: number | null) {
  const moment = at && sql`least(now(), ${new Date(at).toISOString()}::timestamptz)`;
  const provedAt = at === undefined ? sql`now()` : moment || null;
  await tx
    .update(sessions)
    .set({ provedAt })
    .where(and(eq(sessions.tenantId, tenantId), eq(sessions.id, sessionId)));
}

/** The session has now shown a second factor. */
export async function noteFactor(tx: Tx, tenantId: string, sessionId: string, factor: Factor) {
  await tx
    .update(sessions)
    .set({ factor })
    .where(and(eq(sessions.tenantId, tenantId), eq(sessions.id, sessionId)));
}

/** Promises the devices a user is signed in from, latest first. */
export async function listSessions(tenant: Tenant, userId: string) {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: sessions.id,
        userAgent: sessions.userAgent,
        address: sessions.address,
        createdAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
      })
      .from(sessions)
      .where(and(eq(sessions.tenantId, tenant.id), eq(sessions.userId, userId), isLive(tenant.id)))
      .orderBy(desc(sessions.lastSeenAt))
      .limit(100),
  );
  return rows.map(({ userAgent, ...row }) => ({ ...row, browser: browserOf(userAgent) }));
}

/** Ends one of a user's own sessions. Fails with `not-found`, also on somebody else's. */
export async function endSession(tenant: Tenant, userId: string, sessionId: string, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const ended = await endWhere(tx, tenant.id, userId, eq(sessions.id, sessionId));
    if (ended === 0) return failure('not-found');
    await record(tx, tenant.id, cause, 'session_end', { subjectId: userId, detail: { ended } });
    return { ok: true } as const;
  });
}

/** Ends every session of a user but the one he asks from; promises how many. */
export async function endOtherSessions(tenant: Tenant, userId: string, keepId: string, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const ended = await endWhere(tx, tenant.id, userId, ne(sessions.id, keepId));
    if (ended > 0) await record(tx, tenant.id, cause, 'session_end', { subjectId: userId, detail: { ended } });
    return { ok: true, ended } as const;
  });
}

/** A session that has just ended, and where it came from. */
export type EndedSession = Pick<
  typeof sessions.$inferSelect,
  'userId' | 'connectionId' | 'ssoSubject' | 'ssoIndex' | 'sealedHint'
>;

/** Signs out: the row goes first, the cookie after it. Also a row that opens nothing any more, or a milder policy would wake it. */
export async function endSessionByToken(
  tenant: Tenant,
  token: string | undefined,
  cause: Cause,
): Promise<EndedSession | undefined> {
  if (!isToken(token)) return undefined;
  return withTenant(tenant.id, async (tx) => {
    const [ended] = await tx
      .delete(sessions)
      .where(and(eq(sessions.tenantId, tenant.id), eq(sessions.tokenHash, hashToken(token))))
      .returning({
        userId: sessions.userId,
        connectionId: sessions.connectionId,
        ssoSubject: sessions.ssoSubject,
        ssoIndex: sessions.ssoIndex,
        sealedHint: sessions.sealedHint,
      });
    if (ended)
      await record(tx, tenant.id, { ...cause, actorId: ended.userId }, 'authn_logout', { subjectId: ended.userId });
    return ended;
  });
}

/** Ends all sessions and half-finished sign-ins of a user within another change, and forgets his remembered devices; the session `keepId` stays. Promises how many sessions. */
export async function endAllOf(tx: Tx, tenantId: string, userId: string, keepId?: string) {
  const ended = await endWhere(tx, tenantId, userId, keepId ? ne(sessions.id, keepId) : undefined);
  await tx.delete(attempts).where(and(eq(attempts.tenantId, tenantId), eq(attempts.userId, userId)));
  await tx
    .update(devices)
    .set({ rememberedUntil: null })
    .where(and(eq(devices.tenantId, tenantId), eq(devices.userId, userId), isNotNull(devices.rememberedUntil)));
  return ended;
}

/** Ends the sessions and half-finished sign-ins of a user that have shown no second factor. Promises how many sessions. */
export async function endWithoutFactor(tx: Tx, tenantId: string, userId: string) {
  await tx.delete(attempts).where(and(eq(attempts.tenantId, tenantId), eq(attempts.userId, userId)));
  return endWhere(tx, tenantId, userId, isNull(sessions.factor));
}

/**
 * Ends what came through a connection for one subject, or one of his sessions there: the provider says that he has signed out.
 * Nobody else's, and nothing where it names nobody. Promises whose sessions ended, one per session.
 */
export async function endProviderSessions(
  tx: Tx,
  tenantId: string,
  connectionId: string,
  { subject, index }: { subject: string | null; index: string | null },
  cause: Cause,
) {
  if (!subject && !index) return [];
  const ended = await tx
    .delete(sessions)
    .where(
      and(
        eq(sessions.tenantId, tenantId),
        eq(sessions.connectionId, connectionId),
        subject ? eq(sessions.ssoSubject, subject) : undefined,
        index ? eq(sessions.ssoIndex, index) : undefined,
      ),
    )
    .returning({ userId: sessions.userId });
  await tx
    .delete(attempts)
    .where(
      and(
        eq(attempts.tenantId, tenantId),
        eq(attempts.connectionId, connectionId),
        subject ? eq(attempts.ssoSubject, subject) : undefined,
        index ? eq(attempts.ssoIndex, index) : undefined,
      ),
    );
  const userIds = ended.map((row) => row.userId);
  for (const userId of new Set(userIds)) {
    const count = userIds.filter((id) => id === userId).length;
    await record(tx, tenantId, cause, 'session_end', {
      subjectId: userId,
      detail: { ended: count, by: 'provider', connection: connectionId },
    });
  }
  return userIds;
}

/** Promises browser and system in words, "Chrome on Windows"-like parts joined by a middle dot. */
export function browserOf(userAgent: string) {
  const { browser, os } = Bowser.parse(userAgent || 'unknown');
  return [browser.name, os.name].filter(Boolean).join(' · ') || '–';
}

async function endWhere(tx: Tx, tenantId: string, userId: string, which: ReturnType<typeof eq> | undefined) {
  const rows = await tx
    .delete(sessions)
    .where(and(eq(sessions.tenantId, tenantId), eq(sessions.userId, userId), which))
    .returning({ id: sessions.id });
  return rows.length;
}

function isLive(tenantId: string) {
  return sql`${sessions.absoluteUntil} > now() and exists (select from policies p where p.tenant_id = ${tenantId}
    and idle_until(p, sessions) > now()
    and ${sessions.createdAt} > now() - make_interval(mins => p.absolute_minutes))`;
}
