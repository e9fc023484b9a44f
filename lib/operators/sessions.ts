import { and, desc, eq, ne, sql } from 'drizzle-orm';
import { lookUp, type Tx, withoutTenant, withTenant } from '@/db';
import { operatorAttempts, operatorDevices, operatorSessions, operators } from '@/db/schema/operators';
import { changesBetween } from '@/lib/audit/changes';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { conflictWith } from '@/lib/forms/version';
import { storableZone } from '@/lib/language/known-zones';
import type { Locale } from '@/lib/language/locale';
import { LIFETIMES } from '@/lib/lifetimes';
import { failure } from '@/lib/result';
import { browserOf } from '@/lib/sessions/browser';
import { inSeconds, minutes } from '@/lib/time';

type CurrentOperator = {
  id: string;
  username: string;
  firstName: string;
  lastName: string;
  locale: Locale | null;
  timeZone: string;
};

type FoundOperator = {
  /** Why a cookie was shown and opens nothing. */
  why?: 'idle' | 'absolute' | 'ended' | null;
  session?: { id: string; createdAt: string; msLeft: number };
  operator?: CurrentOperator;
};

/**
 * Returns the operator of a session cookie, or why it is no longer valid. With `slide`, it counts
 * as an interaction.
 */
export async function findOperatorSession(token: string | undefined, slide: boolean): Promise<FoundOperator> {
  if (!isToken(token)) return {};
  const [row] = await lookUp<{ found: FoundOperator }>('select find_operator_session($1, $2) as found', [
    hashToken(token),
    slide,
  ]);
  return row?.found ?? {};
}

/** A completed sign-in of an operator, for the browser's cookies. */
export type OpenedOperatorSession = { next: 'done'; session: { token: string; maxAge: number }; device: string };

/**
 * Opens an operator's session in the transaction of the last proof. Returns undefined if the
 * operator was disabled meanwhile.
 */
export async function openOperatorSession(
  tx: Tx,
  operatorId: string,
  factor: 'totp' | 'recovery-code',
  cause: Cause,
): Promise<OpenedOperatorSession | undefined> {
  const [live] = await tx
    .update(operators)
    .set({ lastSignInAt: sql`now()`, lastSignInAddress: cause.address })
    .where(and(eq(operators.id, operatorId), eq(operators.status, 'active')))
    .returning({ id: operators.id });
  if (!live) return undefined;
  const token = randomToken();
  const [row] = await tx
    .insert(operatorSessions)
    .values({
      operatorId,
      tokenHash: hashToken(token),
      address: cause.address,
      userAgent: cause.userAgent,
      absoluteUntil: sql`now() + make_interval(secs => ${inSeconds(LIFETIMES.operatorSession)})`,
    })
    .returning({ id: operatorSessions.id });
  const deviceToken = isToken(cause.device) ? cause.device : randomToken();
  await tx
    .insert(operatorDevices)
    .values({ operatorId, tokenHash: hashToken(deviceToken) })
    .onConflictDoUpdate({
      target: [operatorDevices.operatorId, operatorDevices.tokenHash],
      set: { lastSeenAt: sql`now()` },
    });
  record(tx, PROVIDER, { ...cause, actorId: operatorId }, 'authn_login_success', {
    subjectId: operatorId,
    detail: { factor, session: row?.id ?? '' },
  });
  return {
    next: 'done',
    session: { token, maxAge: inSeconds(LIFETIMES.operatorSession) },
    device: deviceToken,
  };
}

/** Returns the id of the operator's session with this token, as a part of a statement. */
export function operatorSessionOfToken(token: string) {
  return sql`(select id from operator_sessions where token_hash = ${hashToken(token)})`;
}

/** Signs an operator out: the row goes first, the cookie after it. */
export async function endOperatorSessionByToken(token: string | undefined, cause: Cause) {
  if (!isToken(token)) return;
  await withTenant(PROVIDER, async (tx) => {
    const [ended] = await tx
      .delete(operatorSessions)
      .where(eq(operatorSessions.tokenHash, hashToken(token)))
      .returning({ operatorId: operatorSessions.operatorId });
    if (ended)
      record(tx, PROVIDER, { ...cause, actorId: ended.operatorId }, 'authn_logout', {
        subjectId: ended.operatorId,
      });
  });
}

/** Returns an operator's live sessions, latest first, at most 100. */
export async function listOperatorSessions(operatorId: string) {
  const rows = await withoutTenant((db) =>
    db
      .select()
      .from(operatorSessions)
      .where(
        and(
          eq(operatorSessions.operatorId, operatorId),
          sql`${operatorSessions.absoluteUntil} > now()`,
          sql`${operatorSessions.lastSeenAt} > now() - make_interval(secs => ${inSeconds(LIFETIMES.operatorIdle + minutes(1))})`,
        ),
      )
      .orderBy(desc(operatorSessions.lastSeenAt))
      .limit(100),
  );
  return rows.map(({ id, userAgent, address, createdAt, lastSeenAt }) => ({
    id,
    address,
    createdAt,
    lastSeenAt,
    browser: browserOf(userAgent),
  }));
}

/** Ends one of an operator's own sessions. Fails with `not-found`. */
export async function endOperatorSession(operatorId: string, sessionId: string, cause: Cause) {
  return withTenant(PROVIDER, async (tx) => {
    const ended = await tx
      .delete(operatorSessions)
      .where(and(eq(operatorSessions.operatorId, operatorId), eq(operatorSessions.id, sessionId)))
      .returning({ id: operatorSessions.id });
    if (ended.length === 0) return failure('not-found');
    record(tx, PROVIDER, cause, 'session_end', { subjectId: operatorId, detail: { ended: 1 } });
    return { ok: true } as const;
  });
}

/**
 * Ends all sessions but `keepId` and all attempts of an operator. Returns the number of sessions.
 */
export async function endAllOfOperator(tx: Tx, operatorId: string, keepId?: string) {
  const ended = await tx
    .delete(operatorSessions)
    .where(and(eq(operatorSessions.operatorId, operatorId), keepId ? ne(operatorSessions.id, keepId) : undefined))
    .returning({ id: operatorSessions.id });
  await tx.delete(operatorAttempts).where(eq(operatorAttempts.operatorId, operatorId));
  return ended.length;
}

/** Replaces the token of an operator's session and returns the new one. */
export async function rotateOperatorSession(tx: Tx, sessionId: string) {
  const token = randomToken();
  const [row] = await tx
    .update(operatorSessions)
    .set({ tokenHash: hashToken(token) })
    .where(eq(operatorSessions.id, sessionId))
    .returning({ maxAge: sql<number>`extract(epoch from ${operatorSessions.absoluteUntil} - now())::int` });
  return row && { token, maxAge: row.maxAge };
}

/** Keeps the language that an operator selected. */
export async function keepOperatorLanguage(operatorId: string, locale: Locale, cause: Cause) {
  await withTenant(PROVIDER, (tx) => changeOwnSettings(tx, operatorId, { locale }, cause));
}

/**
 * Keeps the time zone that an operator reads moments in. Fails with `time-zone`, and with
 * `edit-conflict`.
 */
export async function keepOperatorZone(operatorId: string, zone: string, cause: Cause, version?: string) {
  const timeZone = await storableZone(zone);
  if (!timeZone) return failure('time-zone', { field: 'timeZone' });
  return withTenant(PROVIDER, async (tx) => {
    const conflict = await changeOwnSettings(tx, operatorId, { timeZone }, cause, version);
    return conflict ?? ({ ok: true } as const);
  });
}

/** Changes and records an operator's own settings. Returns `edit-conflict`, or undefined. */
async function changeOwnSettings(
  tx: Tx,
  operatorId: string,
  changed: { locale: Locale } | { timeZone: string },
  cause: Cause,
  version?: string,
) {
  const [now] = await tx.select().from(operators).where(eq(operators.id, operatorId)).for('update');
  const conflict = now && conflictWith({ timeZone: now.timeZone }, version);
  const changes = changesBetween(now, changed);
  if (!now || conflict || Object.keys(changes).length === 0) return conflict;
  await tx.update(operators).set(changed).where(eq(operators.id, operatorId));
  record(tx, PROVIDER, { ...cause, actorId: operatorId }, 'user_update', {
    subjectId: operatorId,
    detail: { what: 'profile', ...changes },
  });
}
