import { and, eq, lt, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { withTenant } from '@/db';
import { operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { isSealedUnderOldKey } from '@/lib/crypto';
import { confirmOperatorPassword } from '@/lib/operators/password';
import { failure } from '@/lib/result';
import { countRecoveryCodes, renewRecoveryCodes } from '@/lib/second-factor/recovery-codes';
import { checkCode, sealTotpSecret, unsealTotpSecret } from '@/lib/second-factor/totp';

/**
 * Returns since when an operator's second factor is on, and the number of unused recovery codes.
 */
export async function operatorFactorState(operatorId: string) {
  return withTenant(PROVIDER, async (tx) => {
    const [[operator], codesLeft] = await Promise.all([
      tx.select({ since: operators.enrolledAt }).from(operators).where(eq(operators.id, operatorId)),
      countRecoveryCodes(tx, PROVIDER, operatorId),
    ]);
    return { since: operator?.since ?? null, codesLeft };
  });
}

/**
 * Replaces an operator's recovery codes behind their password, for this session. Fails at
 * `password`, or with `second-factor-is-off`.
 */
export async function renewOperatorCodes(
  { operatorId, sessionId }: { operatorId: string; sessionId: string },
  password: string,
  cause: Cause,
) {
  const again = await confirmOperatorPassword(operatorId, password, 'password', cause);
  if (!again.ok) return again;
  return withTenant(PROVIDER, async (tx) => {
    const [live] = await tx
      .select({ sealed: operators.sealedSecret })
      .from(operators)
      .where(eq(operators.id, operatorId))
      .for('update');
    if (!live?.sealed) return failure('second-factor-is-off');
    await renewRecoveryCodes(tx, PROVIDER, operatorId, sessionId);
    record(tx, PROVIDER, cause, 'authn_recovery_codes_renew', { subjectId: operatorId });
    return { ok: true } as const;
  });
}

/**
 * Checks a code of an operator's app and spends its time step. Fails with `wrong-code`, `clock`.
 */
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
