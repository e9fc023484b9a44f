import { and, eq, isNotNull, isNull, ne } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { attempts, devices } from '@/db/schema/sign-in';
import { belongsToUser } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken } from '@/lib/crypto';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

/** Ends one of a user's own sessions. Fails with `not-found`, also for another user's. */
export async function endSession(tenant: Tenant, userId: string, sessionId: string, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const ended = await endWhere(tx, tenant.id, userId, eq(sessions.id, sessionId));
    if (ended === 0) return failure('not-found');
    record(tx, tenant.id, cause, 'session_end', { subjectId: userId, detail: { ended } });
    return { ok: true } as const;
  });
}

/** Ends every session of a user except `keepId`. Returns how many. */
export async function endOtherSessions(tenant: Tenant, userId: string, keepId: string, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const ended = await endWhere(tx, tenant.id, userId, ne(sessions.id, keepId));
    if (ended > 0) record(tx, tenant.id, cause, 'session_end', { subjectId: userId, detail: { ended } });
    return { ok: true, ended } as const;
  });
}

/** A session that has just ended, and its connection. */
export type EndedSession = Pick<
  typeof sessions.$inferSelect,
  'userId' | 'connectionId' | 'ssoSubject' | 'ssoIndex' | 'sealedHint'
>;

/** Deletes the session of a token, also an expired one: a milder policy could revive it. */
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
    if (ended) record(tx, tenant.id, { ...cause, actorId: ended.userId }, 'authn_logout', { subjectId: ended.userId });
    return ended;
  });
}

/**
 * Ends all sessions (except `keepId`), attempts and remembered devices of a user within another
 * change. Returns how many sessions ended.
 */
export async function endAllOf(tx: Tx, tenantId: string, userId: string, keepId?: string) {
  const ended = await endWhere(tx, tenantId, userId, keepId ? ne(sessions.id, keepId) : undefined);
  await tx.delete(attempts).where(belongsToUser(attempts, tenantId, userId));
  await tx
    .update(devices)
    .set({ rememberedUntil: null })
    .where(and(belongsToUser(devices, tenantId, userId), isNotNull(devices.rememberedUntil)));
  return ended;
}

/**
 * Ends the sessions without a second factor and all attempts of a user. Returns how many sessions.
 */
export async function endWithoutFactor(tx: Tx, tenantId: string, userId: string) {
  await tx.delete(attempts).where(belongsToUser(attempts, tenantId, userId));
  return endWhere(tx, tenantId, userId, isNull(sessions.factor));
}

/**
 * Ends the sessions and attempts of a connection for a subject, or for one of its sessions at the
 * provider; none where neither is given. Returns the user of each ended session.
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
    record(tx, tenantId, cause, 'session_end', {
      subjectId: userId,
      detail: { ended: count, by: 'provider', connection: connectionId },
    });
  }
  return userIds;
}

async function endWhere(tx: Tx, tenantId: string, userId: string, which: ReturnType<typeof eq> | undefined) {
  const rows = await tx
    .delete(sessions)
    .where(and(belongsToUser(sessions, tenantId, userId), which))
    .returning({ id: sessions.id });
  return rows.length;
}
