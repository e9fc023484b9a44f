import { and, eq, gt, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { enrollments, totpSecrets } from '@/db/schema/second-factor';
import { belongsToUser, isUser, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import { LIFETIMES } from '@/lib/lifetimes';
import { isLastEmergency } from '@/lib/passwords/emergency';
import { confirmPassword } from '@/lib/passwords/step-up';
import type { Policy } from '@/lib/policies/policy';
import { budgetOf, clearBudget } from '@/lib/rate-limit/lockout';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure } from '@/lib/result';
import { activate, checkFirstCode } from '@/lib/second-factor/enrollment';
import {
  countRecoveryCodes,
  forgetNewCodes,
  newCodesOf,
  removeRecoveryCodes,
  renewRecoveryCodes,
} from '@/lib/second-factor/recovery-codes';
import { newTotpSecret, sealTotpSecret, unsealTotpSecret } from '@/lib/second-factor/totp';
import { endAllOf } from '@/lib/sessions/end';
import { noteFactor, rotateSession } from '@/lib/sessions/proof';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

type Who = { userId: string; sessionId: string };

/**
 * Returns whether the second factor is on, since when, how many recovery codes are left, and the
 * enrolment that this session began.
 */
export async function twoFactorState(tenant: Tenant, { userId, sessionId }: Who) {
  return withTenant(tenant.id, async (tx) => {
    const [[live], codesLeft, begun] = await Promise.all([
      tx
        .select({ since: totpSecrets.enrolledAt })
        .from(totpSecrets)
        .where(belongsToUser(totpSecrets, tenant.id, userId)),
      countRecoveryCodes(tx, tenant.id, userId),
      findEnrollment(tx, tenant.id, { userId, sessionId }),
    ]);
    return {
      on: live !== undefined,
      since: live?.since ?? null,
      codesLeft,
      enrolment: begun ? { secret: begun.secret } : null,
    };
  });
}

/** Begins an enrolment behind the password; the live secret, if any, is not touched. Fails at `password`. */
export async function startEnrollment(tenant: Tenant, { userId, sessionId }: Who, password: string, cause: Cause) {
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
export async function finishEnrollment(tenant: Tenant, who: Who, code: string, cause: Cause) {
  return tryCode(tenant, who.userId, 'enrolment', cause, async (tx) => {
    const begun = await findEnrollment(tx, tenant.id, who, true);
    if (!begun) return failure('enrolment-expired');
    const checked = checkFirstCode(begun.secret, code, begun.createdAt);
    if (!checked.ok) return checked;
    await tx.delete(enrollments).where(belongsToUser(enrollments, tenant.id, who.userId));
    await activate(tx, tenant.id, who, begun.secret, checked.step, cause);
    await clearBudget(tx, tenant.id, 'code', budgetOf(who.userId));
    await noteFactor(tx, tenant.id, who.sessionId, 'totp');
    return keepOnly(tx, tenant.id, who);
  });
}

export async function cancelEnrollment(tenant: Tenant, userId: string) {
  await withTenant(tenant.id, (tx) => tx.delete(enrollments).where(belongsToUser(enrollments, tenant.id, userId)));
}

/**
 * Replaces the recovery codes behind the password, for this session. Fails at `password`, or with
 * `second-factor-is-off`.
 */
export async function renewCodes(tenant: Tenant, { userId, sessionId }: Who, password: string, cause: Cause) {
  const again = await confirmPassword(tenant, userId, password, 'password', cause);
  if (!again.ok) return again;
  return withTenant(tenant.id, async (tx) => {
    const [live] = await tx
      .select({ userId: totpSecrets.userId })
      .from(totpSecrets)
      .where(belongsToUser(totpSecrets, tenant.id, userId))
      .for('update');
    if (!live) return failure('second-factor-is-off');
    await renewRecoveryCodes(tx, tenant.id, userId, sessionId);
    await queueMail(tx, {
      tenantId: tenant.id,
      userId,
      mail: { kind: 'recovery-codes-renewed', at: new Date().toISOString() },
    });
    await record(tx, tenant.id, cause, 'authn_recovery_codes_renew', { subjectId: userId });
    return { ok: true } as const;
  });
}

/** Switches the second factor off behind the password, where the tenant does not require it (`required-by-policy`), nor needs it for emergencies (`last-emergency`). */
export async function turnOffTwoFactor(tenant: Tenant, policy: Policy, who: Who, password: string, cause: Cause) {
  if (policy.secondFactor === 'required' || (await isRequiredOf(tenant, who.userId)))
    return failure('required-by-policy');
  const again = await confirmPassword(tenant, who.userId, password, 'password', cause);
  if (!again.ok) return again;
  return withTenant(tenant.id, async (tx) => {
    if (await isLastEmergency(tx, tenant.id, who.userId)) return failure('last-emergency');
    if (!(await removeSecondFactor(tx, tenant.id, who.userId))) return failure('second-factor-is-off');
    const kept = await keepOnly(tx, tenant.id, who);
    await queueMail(tx, {
      tenantId: tenant.id,
      userId: who.userId,
      mail: { kind: 'two-factor-off', at: new Date().toISOString() },
    });
    await record(tx, tenant.id, cause, 'authn_second_factor_off', { subjectId: who.userId });
    return kept;
  });
}

/** Promises whether an administrator asks a second factor of this very person. */
async function isRequiredOf(tenant: Tenant, userId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx.select({ required: users.secondFactorRequired }).from(users).where(isUser(tenant.id, userId)),
  );
  return row?.required ?? false;
}

/** A change of what proves a person ends every other session and gives this one a new token. */
async function keepOnly(tx: Tx, tenantId: string, who: Who) {
  await endAllOf(tx, tenantId, who.userId, who.sessionId);
  const session = await rotateSession(tx, tenantId, who.sessionId);
  return session ? ({ ok: true, session } as const) : failure('expired');
}

/** Removes secret, recovery codes and begun enrolments. Promises whether there was a live secret. */
export async function removeSecondFactor(tx: Tx, tenantId: string, userId: string) {
  await removeRecoveryCodes(tx, tenantId, userId);
  await tx.delete(enrollments).where(belongsToUser(enrollments, tenantId, userId));
  const removed = await tx
    .delete(totpSecrets)
    .where(belongsToUser(totpSecrets, tenantId, userId))
    .returning({ userId: totpSecrets.userId });
  return removed.length === 1;
}

/**
 * Returns the recovery codes just made for this session, until it confirms them; else undefined.
 * With PROVIDER's id an operator's.
 */
export async function newCodes(tenant: Pick<Tenant, 'id'>, userId: string, sessionId: string) {
  return withTenant(tenant.id, (tx) => newCodesOf(tx, tenant.id, userId, sessionId));
}

export async function confirmCodesKept(tenant: Pick<Tenant, 'id'>, userId: string, sessionId: string) {
  await withTenant(tenant.id, (tx) => forgetNewCodes(tx, tenant.id, userId, sessionId));
}

async function findEnrollment(tx: Tx, tenantId: string, { userId, sessionId }: Who, lock = false) {
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
