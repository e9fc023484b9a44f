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

/** Begins an enrolment behind the password; the live secret, if any, is not touched. Fails at `password`. */
export async function startEnrollment(
  tenant: Tenant,
  { userId, sessionId }: OwnSession,
  password: string,
  cause: Cause,
) {
  const again = await confirmPassword(tenant, userId, password, 'password', cause);
  if (!again.ok) return again;
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

/** Takes the first code; all other sessions end, this one now has a second factor. Fails at `code`, or with `expired`. */
export async function finishEnrollment(tenant: Tenant, who: OwnSession, code: string, cause: Cause) {
  return tryCode(tenant, who.userId, 'enrolment', cause, async (tx) => {
    const begun = await findEnrollment(tx, tenant.id, who, true);
    if (!begun) return failure('enrolment-expired');
    const checked = checkFirstCode(begun.secret, code, begun.createdAt);
    if (!checked.ok) return checked;
    await tx.delete(enrollments).where(belongsToUser(enrollments, tenant.id, who.userId));
    await activate(tx, tenant.id, who, begun.secret, checked.step, cause);
    await clearBudget(tx, tenant.id, 'code', budgetOf(who.userId));
    await noteFactor(tx, tenant.id, who.sessionId, 'totp');
    return keepOnlySession(tx, tenant.id, who);
  });
}

export async function cancelEnrollment(tenant: Tenant, userId: string) {
  await withTenant(tenant.id, (tx) => tx.delete(enrollments).where(belongsToUser(enrollments, tenant.id, userId)));
}

/** Returns the unfinished enrolment of this session, for ten minutes, or undefined; `lock` locks its row. */
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
export async function keepOnlySession(tx: Tx, tenantId: string, who: OwnSession) {
  await endAllOf(tx, tenantId, who.userId, who.sessionId);
  const session = await rotateSession(tx, tenantId, who.sessionId);
  return session ? ({ ok: true, session } as const) : failure('expired');
}
