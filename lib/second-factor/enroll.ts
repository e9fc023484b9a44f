import { and, eq, gt, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { enrollments } from '@/db/schema/second-factor';
import { belongsToUser } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { LIFETIMES } from '@/lib/lifetimes';
import { confirmPassword } from '@/lib/passwords/step-up';
import { budgetOf, clearBudget } from '@/lib/rate-limit/lockout';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure } from '@/lib/result';
import { activate, checkFirstCode } from '@/lib/second-factor/enrollment';
import { newTotpSecret, sealTotpSecret, unsealTotpSecret } from '@/lib/second-factor/totp';
import { endAllOf } from '@/lib/sessions/end';
import { noteFactor, rotateSession } from '@/lib/sessions/proof';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/** A user's own session, the one that the request came with. */
export type OwnSession = { userId: string; sessionId: string };

/** Starts an enrolment after checking the password; a live secret stays. Fails at `password`. */
export async function startEnrollment(
  tenant: Tenant,
  { userId, sessionId }: OwnSession,
  password: string,
  cause: Cause,
) {
  const confirmed = await confirmPassword(tenant, userId, password, 'password', cause);
  if (!confirmed.ok) return confirmed;
  const sealedSecret = sealTotpSecret(newTotpSecret(), tenant.id, userId);
  await withTenant(tenant.id, (tx) =>
    tx
      .insert(enrollments)
      .values({ tenantId: tenant.id, userId, sessionId, sealedSecret })
      .onConflictDoUpdate({
        target: [enrollments.tenantId, enrollments.userId],
        set: { sealedSecret, sessionId, createdAt: sql`now()` },
      }),
  );
  return { ok: true } as const;
}

/**
 * Finishes an enrolment with its first code; all other sessions of the user end. Fails at `code`,
 * or with `enrolment-expired` or `expired`.
 */
export async function finishEnrollment(tenant: Tenant, session: OwnSession, code: string, cause: Cause) {
  return tryCode(tenant, session.userId, 'enrolment', cause, async (tx) => {
    const enrollment = await findEnrollment(tx, tenant.id, session, true);
    if (!enrollment) return failure('enrolment-expired');
    const checked = checkFirstCode(enrollment.secret, code, enrollment.createdAt);
    if (!checked.ok) return checked;
    await tx.delete(enrollments).where(belongsToUser(enrollments, tenant.id, session.userId));
    await activate(tx, tenant.id, session, { secret: enrollment.secret, step: checked.step }, cause);
    await clearBudget(tx, tenant.id, 'code', budgetOf(session.userId));
    await noteFactor(tx, tenant.id, session.sessionId, 'totp');
    return keepOnlySession(tx, tenant.id, session);
  });
}

export async function cancelEnrollment(tenant: Tenant, userId: string) {
  await withTenant(tenant.id, (tx) => tx.delete(enrollments).where(belongsToUser(enrollments, tenant.id, userId)));
}

/**
 * Returns the unfinished enrolment of this session, for ten minutes, or undefined; `lock` locks its
 * row.
 */
export async function findEnrollment(tx: Tx, tenantId: string, { userId, sessionId }: OwnSession, lock = false) {
  const query = tx
    .select({ sealed: enrollments.sealedSecret, createdAt: enrollments.createdAt })
    .from(enrollments)
    .where(
      and(
        belongsToUser(enrollments, tenantId, userId),
        eq(enrollments.sessionId, sessionId),
        gt(enrollments.createdAt, sql`now() - make_interval(secs => ${inSeconds(LIFETIMES.enrollment)})`),
      ),
    );
  const [row] = lock ? await query.for('update') : await query;
  return row && { secret: unsealTotpSecret(row.sealed, tenantId, userId), createdAt: row.createdAt };
}

/**
 * Ends every other session of the user and gives this one a new token, after a change of how they
 * sign in. Fails with `expired`.
 */
export async function keepOnlySession(tx: Tx, tenantId: string, session: OwnSession) {
  await endAllOf(tx, tenantId, session.userId, session.sessionId);
  const rotated = await rotateSession(tx, tenantId, session.sessionId);
  return rotated ? ({ ok: true, session: rotated } as const) : failure('expired');
}
