import type { Tx } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { LIFETIMES } from '@/lib/lifetimes';
import { budgetOf, clearBudget } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import { showNewCodesTo } from '@/lib/second-factor/recovery-codes';
import type { Factor } from '@/lib/sessions/find';
import { sessionOfToken } from '@/lib/sessions/proof';
import { type Attempt, closeAttempt, noteSecondFactor } from '@/lib/sign-in/attempt';
import { completeSignIn } from '@/lib/sign-in/complete';
import { rememberDevice } from '@/lib/sign-in/remembered';
import type { NextSignInStep } from '@/lib/sign-in/with-password';
import { inSeconds } from '@/lib/time';

/**
 * Continues after a proved second factor: to the new password if one is due, otherwise opens the
 * session. A device is not remembered while a new password is due.
 */
export async function finishSecondFactor(
  tx: Tx,
  tenantId: string,
  attempt: Attempt,
  { factor, remember = false }: { factor: 'totp' | 'recovery-code'; remember?: boolean },
  cause: Cause,
) {
  await clearBudget(tx, tenantId, 'code', budgetOf(attempt.userId));
  if (attempt.newPasswordRequired) {
    const token = await noteSecondFactor(tx, tenantId, attempt.id, factor);
    return {
      ok: true,
      next: 'new-password',
      attempt: { id: attempt.id, token, maxAge: inSeconds(LIFETIMES.attempt) },
    } satisfies NextSignInStep;
  }
  const device = remember ? await rememberDevice(tx, tenantId, attempt.userId, cause) : cause.device;
  return finishAttempt(tx, tenantId, attempt, factor, { ...cause, device });
}

/** Closes the attempt and opens the session in the same transaction. */
export async function finishAttempt(tx: Tx, tenantId: string, attempt: Attempt, factor: Factor | null, cause: Cause) {
  await closeAttempt(tx, tenantId, attempt.id);
  const completed = await completeSignIn(
    tx,
    tenantId,
    { userId: attempt.userId, factor, provider: attempt.provider, returnTo: attempt.returnTo },
    cause,
  );
  if (!completed) return failure('expired');
  if (attempt.secretAt)
    await showNewCodesTo(tx, tenantId, attempt.userId, sessionOfToken(tenantId, completed.session.token));
  return { ok: true, ...completed } satisfies NextSignInStep;
}
