import { and, eq, lt, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { operatorAttempts, operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { hashToken, isSealedUnderOldKey, keyedDigest, randomToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import {
  lockOperatorAttempt,
  type OperatorAttempt,
  type OperatorFactor,
  type OperatorStep,
  openOperatorAttempt,
} from '@/lib/operators/attempt';
import { findOperatorBudget } from '@/lib/operators/budget';
import { checkOperatorPassword, type NewOperatorPassword } from '@/lib/operators/password';
import { type OperatorIn, openOperatorSession, operatorSessionOfToken } from '@/lib/operators/sessions';
import { hashPassword, verifyPassword } from '@/lib/passwords/hashing';
import { isOverlong } from '@/lib/passwords/text';
import { giveBackVolume, returnOnOutage, takeVolume, tenantBusy, tenantCounter } from '@/lib/rate-limit/limiter';
import { budgetOf, clearBudget, lockFailure, returnTry, type Try, takeTry } from '@/lib/rate-limit/lockout';
import { countInPostgres } from '@/lib/rate-limit/postgres';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure, isHanging } from '@/lib/result';
import { checkFirstCode } from '@/lib/second-factor/enrollment';
import {
  countRecoveryCodes,
  renewRecoveryCodes,
  showNewCodesTo,
  spendRecoveryCode,
} from '@/lib/second-factor/recovery-codes';
import { checkCode, sealTotpSecret, unsealTotpSecret } from '@/lib/second-factor/totp';
import { plainText } from '@/lib/text';
import { inSeconds } from '@/lib/time';

/** Tries at all operators' passwords from browsers that they have not signed in from before. */
const ALL_OPERATORS = tenantCounter('sign-in', 'operator');

/** What follows a step of an operator's sign-in that succeeded. `newCodes`: he has enrolled on the way, and has codes to keep. */
export type OperatorFollowed = { ok: true } & (
  | (OperatorIn & { returnTo: string | null; newCodes: boolean })
  | { next: OperatorStep; attempt: { token: string; maxAge: number } }
);

/**
 * Checks an operator's password, and promises an attempt that waits for the second factor: never a
 * session. Fails with `wrong`, whatever was wrong; `locked`, `too-many` and `tenant-busy` as for
 * users; `too-long`, unhashed.
 */
export async function signInOperator(input: { username: string; password: string; returnTo: string }, cause: Cause) {
  if (isOverlong(input.password)) return failure('too-long', { field: 'password' });
  const volume = await takeVolume('sign-in', 'operator', cause.address);
  if (!volume.ok) return volume;
  return returnOnOutage(['sign-in', 'operator', cause.address], () => checkOperator(input, cause));
}

async function checkOperator(input: Parameters<typeof signInOperator>[0], cause: Cause) {
  const username = plainText(input.username.normalize('NFC').trim().toLowerCase(), 320);
  const { operator, known, budget } = await findOperatorBudget({ username }, cause.device);
  const wait = known ? undefined : await countInPostgres([ALL_OPERATORS], 1);
  if (wait !== undefined) return tenantBusy(wait);
  const taken = await takeTry(PROVIDER, 'password', budget, operator?.id ?? null);
  if (taken.refused) return lockFailure(taken);
  try {
    const followed = await followPassword(operator, budget, username, taken, input, cause);
    if (followed.ok && !known) await countInPostgres([ALL_OPERATORS], -1);
    return followed;
  } catch (error) {
    const undone = Promise.allSettled([
      returnTry(PROVIDER, 'password', budget, taken),
      known ? undefined : countInPostgres([ALL_OPERATORS], -1),
    ]);
    if (!isHanging(error)) await undone;
    throw error;
  }
}

async function followPassword(
  operator: typeof operators.$inferSelect | undefined,
  budget: Buffer,
  username: string,
  taken: Try,
  input: Parameters<typeof signInOperator>[0],
  cause: Cause,
) {
  const active = operator?.status === 'active' ? operator : undefined;
  const proof = await verifyPassword(active?.passwordHash ?? null, input.password);
  if (!active || !proof.ok) return refuse(operator?.id ?? null, username, taken, cause);
  const followed = await withTenant(PROVIDER, async (tx) => {
    if (!(await isStillHis(tx, active))) return undefined;
    await clearBudget(tx, PROVIDER, 'password', budget);
    return openOperatorAttempt(tx, active.id, active.sealedSecret === null, input.returnTo);
  });
  if (!followed) return refuse(active.id, username, taken, cause);
  await giveBackVolume('sign-in', 'operator', cause.address);
  return { ok: true, ...followed } satisfies OperatorFollowed;
}

async function refuse(operatorId: string | null, username: string, taken: Try, cause: Cause) {
  // A password typed into the wrong field must not be kept, so unknown names are kept as a digest.
  const detail: AuditDetail = operatorId
    ? {}
    : { identifier: keyedDigest('identifier', PROVIDER, username).toString('hex').slice(0, 16) };
  await withTenant(PROVIDER, async (tx) => {
    const told = { subjectId: operatorId, detail: { factor: 'password', ...detail } };
    await record(tx, PROVIDER, cause, 'authn_login_fail', told);
    if (taken.locks) await record(tx, PROVIDER, cause, 'authn_login_lock', told);
  });
  return taken.locks ? lockFailure(taken) : failure('wrong');
}

/** Whether the password checked is still his, locked for the transaction; a temporary one is spent by this one use. */
async function isStillHis(tx: Tx, { id, passwordHash, temporaryUntil }: typeof operators.$inferSelect) {
  const rows = await tx
    .update(operators)
    .set({ temporaryUntil: temporaryUntil && sql`'-infinity'` })
    .where(
      and(
        eq(operators.id, id),
        eq(operators.status, 'active'),
        eq(operators.passwordHash, passwordHash),
        temporaryUntil ? sql`${operators.temporaryUntil} > now()` : undefined,
      ),
    )
    .returning({ id: operators.id });
  return rows.length === 1;
}

/** Checks the app's code: each step once. Fails with `wrong-code`, `clock`, `code-locked` after five, `expired` with the attempt. */
export async function proveOperatorCode(attempt: OperatorAttempt, code: string, cause: Cause) {
  return tryCode({ id: PROVIDER }, attempt.operatorId, 'totp', cause, async (tx) => {
    const live = await lockOperatorAttempt(tx, attempt);
    if (live?.step !== 'code') return failure('expired');
    const checked = await spendOperatorCode(tx, live.operatorId, code);
    return checked.ok ? goOn(tx, live, 'totp', cause) : checked;
  });
}

/** Returns whether the code is good for an operator, and spends its time step. */
export async function spendOperatorCode(tx: Tx, operatorId: string, code: string) {
  const mine = eq(operators.id, operatorId);
  const [row] = await tx.select({ sealed: operators.sealedSecret }).from(operators).where(mine);
  if (!row?.sealed) return failure('wrong-code');
  const secret = unsealTotpSecret(row.sealed, PROVIDER, operatorId);
  const checked = checkCode(secret, code, 'sign-in');
  if (!checked.ok) {
    if (checked.error !== 'wrong-code' && checked.direction === 'ahead')
      await tx.update(operators).set({ toldStep: checked.step }).where(mine);
    return checked;
  }
  const resealed = isSealedUnderOldKey(row.sealed)
    ? { sealedSecret: sealTotpSecret(secret, PROVIDER, operatorId) }
    : {};
  const spent = await tx
    .update(operators)
    .set({ lastStep: checked.step, ...resealed })
    .where(and(mine, lt(operators.lastStep, checked.step), sql`${operators.toldStep} is distinct from ${checked.step}`))
    .returning({ id: operators.id });
  return spent.length === 1 ? checked : failure('wrong-code');
}

/** Checks a recovery code in place of the app's: each once, on the same budget of five. Fails with `wrong-recovery-code`, else as proveOperatorCode does. */
export async function proveOperatorRecoveryCode(attempt: OperatorAttempt, code: string, cause: Cause) {
  return tryCode({ id: PROVIDER }, attempt.operatorId, 'recovery-code', cause, async (tx) => {
    const live = await lockOperatorAttempt(tx, attempt);
    if (live?.step !== 'code') return failure('expired');
    if (!(await spendRecoveryCode(tx, PROVIDER, live.operatorId, code))) return failure('wrong-recovery-code');
    const left = await countRecoveryCodes(tx, PROVIDER, live.operatorId);
    await record(tx, PROVIDER, cause, 'authn_recovery_code_use', { subjectId: live.operatorId, detail: { left } });
    return goOn(tx, live, 'recovery-code', cause);
  });
}

/** Takes the first code of the secret shown for this attempt, which becomes the live one, with new recovery codes. Fails as for users. */
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
    await record(tx, PROVIDER, { ...cause, actorId: live.operatorId }, 'authn_second_factor_enrol', {
      subjectId: live.operatorId,
      detail: { factor: 'totp' },
    });
    return goOn(tx, live, 'totp', cause);
  });
}

/** From a proved second factor: to the new password where somebody else made the old one, else through the door. */
async function goOn(tx: Tx, { id, operatorId }: OperatorAttempt, factor: OperatorFactor, cause: Cause) {
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
    } satisfies OperatorFollowed;
  return goIn(tx, live, cause);
}

async function goIn(tx: Tx, { id, operatorId, factor, secretAt, returnTo }: OperatorAttempt, cause: Cause) {
  await tx.delete(operatorAttempts).where(eq(operatorAttempts.id, id));
  const opened = await openOperatorSession(tx, operatorId, factor ?? 'totp', cause);
  if (!opened) return failure('expired');
  if (secretAt) await showNewCodesTo(tx, PROVIDER, operatorId, operatorSessionOfToken(opened.session.token));
  return { ok: true, ...opened, returnTo, newCodes: secretAt !== null } satisfies OperatorFollowed;
}

/** Takes the password an operator chooses for himself in place of the one he was given. Fails at its fields as a change does, and with `expired`. */
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
    await record(tx, PROVIDER, { ...cause, actorId: live.operatorId }, 'authn_password_change', {
      subjectId: live.operatorId,
    });
    return goIn(tx, live, cause);
  });
}
