import { and, eq, type SQL, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { hashToken, randomToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import type { Factor } from '@/lib/sessions/find';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/**
 * Replaces the token of a session, which stays otherwise unchanged; the old token stops working.
 */
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

/** Returns whether the user confirmed who they are in this session within the last ten minutes. */
export async function isProvedLately(tenant: Pick<Tenant, 'id'>, sessionId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        lately: sql<boolean>`coalesce(${sessions.provedAt} > now() - make_interval(secs => ${inSeconds(LIFETIMES.proof)}), false)`,
      })
      .from(sessions)
      .where(and(eq(sessions.tenantId, tenant.id), eq(sessions.id, sessionId))),
  );
  return row?.lately ?? false;
}

/**
 * Stores when the user of a session confirmed who they are: now, or `at` in milliseconds, null if
 * unknown.
 */
export async function noteProof(tx: Tx, tenantId: string, sessionId: string | SQL, at?: number | null) {
  const moment = at && sql`least(now(), ${new Date(at).toISOString()}::timestamptz)`;
  const provedAt = at === undefined ? sql`now()` : moment || null;
  await tx
    .update(sessions)
    .set({ provedAt })
    .where(and(eq(sessions.tenantId, tenantId), eq(sessions.id, sessionId)));
}

/** Stores the second factor that a session has verified. */
export async function noteFactor(tx: Tx, tenantId: string, sessionId: string, factor: Factor) {
  await tx
    .update(sessions)
    .set({ factor })
    .where(and(eq(sessions.tenantId, tenantId), eq(sessions.id, sessionId)));
}
