import { eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { operatorAttempts, operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, randomToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import {
  lockOperatorAttempt,
  type NextOperatorStep,
  type OperatorAttempt,
  type OperatorFactor,
} from '@/lib/operators/attempt';
import { checkOperatorPassword, type NewOperatorPassword } from '@/lib/operators/password';
import { spendOperatorCode } from '@/lib/operators/second-factor';
import { openOperatorSession, operatorSessionOfToken } from '@/lib/operators/sessions';
import { hashPassword } from '@/lib/passwords/hashing';
import { budgetOf, clearBudget } from '@/lib/rate-limit/lockout';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure } from '@/lib/result';
import { checkFirstCode } from '@/lib/second-factor/enrollment';
import {
  countRecoveryCodes,
  renewRecoveryCodes,
  showNewCodesTo,
  spendRecoveryCode,
} from '@/lib/second-factor/recovery-codes';
import { sealTotpSecret } from '@/lib/second-factor/totp';
import { inSeconds } from '@/lib/time';

/**
 * Checks a code of the authenticator app; each time step is good once. Fails with `wrong-code`,
 * `clock`, `code-locked` after five, and `expired`.
 */
export async function proveOperatorCode(attempt: OperatorAttempt, code: string, cause: Cause) {
  return tryCode({ id: PROVIDER }, attempt.operatorId, 'totp', cause, async (tx) => {
    const live = await lockOperatorAttempt(tx, attempt);
    if (live?.step !== 'code') return failure('expired');
    const checked = await spendOperatorCode(tx, live.operatorId, code);
    return checked.ok ? noteFactor(tx, live, 'totp', cause) : checked;
  });
}

/**
 * Checks a recovery code, good once, on the same budget of five. Fails with `wrong-recovery-code`,
 * else as proveOperatorCode does.
 */
export async function proveOperatorRecoveryCode(attempt: OperatorAttempt, code: string, cause: Cause) {
  return tryCode({ id: PROVIDER }, attempt.operatorId, 'recovery-code', cause, async (tx) => {
    const live = await lockOperatorAttempt(tx, attempt);
    if (live?.step !== 'code') return failure('expired');
    if (!(await spendRecoveryCode(tx, PROVIDER, live.operatorId, code))) return failure('wrong-recovery-code');
    const left = await countRecoveryCodes(tx, PROVIDER, live.operatorId);
    record(tx, PROVIDER, cause, 'authn_recovery_code_use', { subjectId: live.operatorId, detail: { left } });
    return noteFactor(tx, live, 'recovery-code', cause);
  });
}

/**
 * Checks the first code of the attempt's secret, makes that the operator's and renews the recovery
 * codes. Fails as for users.
 */
export async function enrollOperator(attempt: OperatorAttempt, code: string, cause: Cause) {
  return tryCode({ id: PROVIDER }, attempt.operatorId, 'enrolment', cause, async (tx) => {
    const live = await lockOperatorAttempt(tx, attempt);
    if (live?.step !== 'enroll' || !live.secret || !live.secretAt) return failure('expired');
    const checked = checkFirstCode(live.secret, code, live.secretAt);
    if (!checked.ok) return checked;
    await tx
      .update(operators)
      .set({
        sealedSecret: sealTotpSecret(live.secret, PROVIDER, live.operatorId),
        lastStep: checked.step,
        toldStep: null,
        enrolledAt: sql`now()`,
      })
      .where(eq(operators.id, live.operatorId));
    await renewRecoveryCodes(tx, PROVIDER, live.operatorId, null);
    record(tx, PROVIDER, { ...cause, actorId: live.operatorId }, 'authn_second_factor_enrol', {
      subjectId: live.operatorId,
      detail: { factor: 'totp' },
    });
    return noteFactor(tx, live, 'totp', cause);
  });
}

/**
 * Replaces a temporary password by the operator's own and signs in. Fails at its fields as a change
 * does, and with `expired`.
 */
export async function chooseOperatorPassword(attempt: OperatorAttempt, input: NewOperatorPassword, cause: Cause) {
  const verdict = await checkOperatorPassword(attempt.operatorId, input);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(input.password);
  return withTenant(PROVIDER, async (tx) => {
    const live = await lockOperatorAttempt(tx, attempt);
    if (live?.step !== 'new-password') return failure('expired');
    await tx
      .update(operators)
      .set({ passwordHash: hash, passwordChangedAt: sql`now()`, temporaryUntil: null })
      .where(eq(operators.id, live.operatorId));
    record(tx, PROVIDER, { ...cause, actorId: live.operatorId }, 'authn_password_change', {
      subjectId: live.operatorId,
    });
    return completeSignIn(tx, live, cause);
  });
}

/**
 * Notes the second factor. Goes on to a new password if the old one is temporary, else signs in.
 */
async function noteFactor(tx: Tx, { id, operatorId }: OperatorAttempt, factor: OperatorFactor, cause: Cause) {
  await clearBudget(tx, PROVIDER, 'code', budgetOf(operatorId));
  const token = randomToken();
  await tx
    .update(operatorAttempts)
    .set({ secondFactorAt: sql`now()`, factor, sealedSecret: null, tokenHash: hashToken(token) })
    .where(eq(operatorAttempts.id, id));
  const live = await lockOperatorAttempt(tx, { id, operatorId });
  if (!live) return failure('expired');
  if (live.step === 'new-password')
    return {
      ok: true,
      next: 'new-password',
      attempt: { token, maxAge: inSeconds(LIFETIMES.attempt) },
    } satisfies NextOperatorStep;
  return completeSignIn(tx, live, cause);
}

async function completeSignIn(tx: Tx, { id, operatorId, factor, secretAt, returnTo }: OperatorAttempt, cause: Cause) {
  await tx.delete(operatorAttempts).where(eq(operatorAttempts.id, id));
  const opened = await openOperatorSession(tx, operatorId, factor ?? 'totp', cause);
  if (!opened) return failure('expired');
  if (secretAt) await showNewCodesTo(tx, PROVIDER, operatorId, operatorSessionOfToken(opened.session.token));
  return { ok: true, ...opened, returnTo, newCodes: secretAt !== null } satisfies NextOperatorStep;
}
