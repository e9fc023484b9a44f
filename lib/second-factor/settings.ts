import { type Tx, withTenant } from '@/db';
import { enrollments, totpSecrets } from '@/db/schema/second-factor';
import { belongsToUser, isUser, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import { isLastEmergency } from '@/lib/passwords/emergency';
import { confirmPassword } from '@/lib/passwords/step-up';
import type { Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { findEnrollment, keepOnlySession, type OwnSession } from '@/lib/second-factor/enroll';
import {
  countRecoveryCodes,
  forgetNewCodes,
  newCodesOf,
  removeRecoveryCodes,
  renewRecoveryCodes,
} from '@/lib/second-factor/recovery-codes';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Returns whether the second factor is on, since when, how many recovery codes are left, and the
 * unfinished enrolment of this session.
 */
export async function twoFactorState(tenant: Tenant, { userId, sessionId }: OwnSession) {
  return withTenant(tenant.id, async (tx) => {
    const [[live], codesLeft, enrollment] = await Promise.all([
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
      enrolment: enrollment ? { secret: enrollment.secret } : null,
    };
  });
}

/**
 * Replaces the recovery codes of this session after checking the password. Fails at `password`, or
 * with `second-factor-is-off`.
 */
export async function renewCodes(tenant: Tenant, { userId, sessionId }: OwnSession, password: string, cause: Cause) {
  const confirmed = await confirmPassword(tenant, userId, password, 'password', cause);
  if (!confirmed.ok) return confirmed;
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
    record(tx, tenant.id, cause, 'authn_recovery_codes_renew', { subjectId: userId });
    return { ok: true } as const;
  });
}

/**
 * Turns the second factor off after checking the password. Fails with `required-by-policy`,
 * `last-emergency`, `second-factor-is-off`, or at `password`.
 */
export async function turnOffTwoFactor(
  tenant: Tenant,
  policy: Policy,
  session: OwnSession,
  password: string,
  cause: Cause,
) {
  if (policy.secondFactor === 'required' || (await isRequiredOf(tenant, session.userId)))
    return failure('required-by-policy');
  const confirmed = await confirmPassword(tenant, session.userId, password, 'password', cause);
  if (!confirmed.ok) return confirmed;
  return withTenant(tenant.id, async (tx) => {
    if (await isLastEmergency(tx, tenant.id, session.userId)) return failure('last-emergency');
    if (!(await removeSecondFactor(tx, tenant.id, session.userId))) return failure('second-factor-is-off');
    const outcome = await keepOnlySession(tx, tenant.id, session);
    await queueMail(tx, {
      tenantId: tenant.id,
      userId: session.userId,
      mail: { kind: 'two-factor-off', at: new Date().toISOString() },
    });
    record(tx, tenant.id, cause, 'authn_second_factor_off', { subjectId: session.userId });
    return outcome;
  });
}

/** Returns whether an administrator requires a second factor of this user. */
async function isRequiredOf(tenant: Tenant, userId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx.select({ required: users.secondFactorRequired }).from(users).where(isUser(tenant.id, userId)),
  );
  return row?.required ?? false;
}

/**
 * Removes secret, recovery codes and unfinished enrolments. Returns whether there was a live
 * secret.
 */
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
