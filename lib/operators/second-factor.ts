import { eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { confirmOperatorPassword } from '@/lib/operators/password';
import { failure } from '@/lib/result';
import { countRecoveryCodes, renewRecoveryCodes } from '@/lib/second-factor/recovery-codes';

/** Promises since when an operator's second factor is on, and how many recovery codes he has left. */
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
    await record(tx, PROVIDER, cause, 'authn_recovery_codes_renew', { subjectId: operatorId });
    return { ok: true } as const;
  });
}
