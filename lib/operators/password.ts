import { and, eq, sql } from 'drizzle-orm';
import { withoutTenant, withTenant } from '@/db';
import { operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { findOperatorBudget } from '@/lib/operators/budget';
import { OPERATOR_LIMITS } from '@/lib/operators/limits';
import { endAllOfOperator, rotateOperatorSession } from '@/lib/operators/sessions';
import { hashPassword, verifyPassword } from '@/lib/passwords/hashing';
import { checkPasswordRules } from '@/lib/passwords/rules';
import { clearBudget, clearBudgetsOf, lockFailure } from '@/lib/rate-limit/lockout';
import { tryPassword } from '@/lib/rate-limit/try-password';
import { failure } from '@/lib/result';
export type NewOperatorPassword = { password: string; repeat: string };

type Owner = { username: string; firstName: string; lastName: string };

/** Checks a new password of an operator with this name. Fails at `password`. */
export async function checkPasswordOf(owner: Owner, password: string) {
  const verdict = await checkPasswordRules(password, {
    minLength: OPERATOR_LIMITS.passwordMinLength,
    ...owner,
    extension: null,
    accountId: 'gatehouse',
    tenantName: 'Gatehouse',
  });
  return verdict.ok ? verdict : { ...verdict, field: 'password' };
}

/** Checks a repeated new password by the rules and against the current one. */
export async function checkOperatorPassword(operatorId: string, { password, repeat }: NewOperatorPassword) {
  const owner = await ownerOf(operatorId);
  if (!owner) return failure('expired');
  const verdict = await checkPasswordOf(owner, password);
  if (!verdict.ok) return verdict;
  if (password !== repeat) return failure('mismatch', { field: 'repeat' });
  if ((await verifyPassword(owner.passwordHash, password)).ok) return failure('same-password', { field: 'password' });
  return { ok: true } as const;
}

/**
 * Asks a signed-in operator for the password again, on the budget of this browser. Fails at `field`
 * with `wrong-password`, or with `locked`.
 */
export async function confirmOperatorPassword(operatorId: string, password: string, field: string, cause: Cause) {
  const { operator, budget } = await findOperatorBudget({ id: operatorId }, cause.device);
  const owner = operator?.status === 'active' ? operator : undefined;
  return tryPassword(PROVIDER, { budget, userId: operatorId }, async (attempt) => {
    const proof = await verifyPassword(owner?.passwordHash ?? null, password);
    return withTenant(PROVIDER, async (tx) => {
      if (proof.ok && owner) {
        await clearBudget(tx, PROVIDER, 'password', budget);
        return { ok: true, hash: owner.passwordHash } as const;
      }
      const entry = { subjectId: operatorId, detail: { what: field === 'current' ? null : 'again' } };
      record(tx, PROVIDER, cause, 'authn_password_change_fail', entry);
      if (attempt.locks) record(tx, PROVIDER, cause, 'authn_login_lock', { subjectId: operatorId });
      return attempt.locks ? lockFailure(attempt) : failure('wrong-password', { field });
    });
  });
}

/**
 * Changes a signed-in operator's password, replaces the session's token and ends the other
 * sessions. Fails at its fields, or with `changed-elsewhere`.
 */
export async function changeOperatorPassword(
  who: { operatorId: string; sessionId: string },
  input: NewOperatorPassword & { current: string },
  cause: Cause,
) {
  const again = await confirmOperatorPassword(who.operatorId, input.current, 'current', cause);
  if (!again.ok) return again;
  const verdict = await checkOperatorPassword(who.operatorId, input);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(input.password);
  return withTenant(PROVIDER, async (tx) => {
    const changed = await tx
      .update(operators)
      .set({ passwordHash: hash, passwordChangedAt: sql`now()`, temporaryUntil: null })
      .where(and(eq(operators.id, who.operatorId), eq(operators.passwordHash, again.hash)))
      .returning({ id: operators.id });
    if (changed.length === 0) return failure('changed-elsewhere');
    await clearBudgetsOf(tx, PROVIDER, who.operatorId, 'password');
    const ended = await endAllOfOperator(tx, who.operatorId, who.sessionId);
    const session = await rotateOperatorSession(tx, who.sessionId);
    if (!session) return failure('changed-elsewhere');
    record(tx, PROVIDER, cause, 'authn_password_change', {
      subjectId: who.operatorId,
      detail: { ended },
    });
    return { ok: true, session } as const;
  });
}

async function ownerOf(operatorId: string) {
  const [row] = await withoutTenant((db) =>
    db
      .select({
        username: operators.username,
        firstName: operators.firstName,
        lastName: operators.lastName,
        passwordHash: operators.passwordHash,
      })
      .from(operators)
      .where(and(eq(operators.id, operatorId), eq(operators.status, 'active'))),
  );
  return row;
}
