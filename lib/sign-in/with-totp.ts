import { and, eq, lt, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import type { Cause } from '@/lib/audit/record';
import { isSealedUnderOldKey } from '@/lib/crypto';
import type { Policy } from '@/lib/policies/policy';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure } from '@/lib/result';
import { checkCode, sealTotpSecret, unsealTotpSecret } from '@/lib/second-factor/totp';
import { type Attempt, lockAttempt } from '@/lib/sign-in/attempt';
import { finishSecondFactor } from '@/lib/sign-in/finish-second-factor';
import { mayRemember } from '@/lib/sign-in/next-step';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Checks the app's code: the current one or a step either side, each once. Session and spent step
 * are one transaction; with `remember` the device stands for the code for thirty days, where the
 * policy lets it. Fails with `wrong-code`; `clock` where the phone's clock is off; `code-locked`
 * after five; `expired` with the attempt.
 */
export async function proveCode(
  tenant: Tenant,
  policy: Policy,
  attempt: Attempt,
  { code, remember = false }: { code: string; remember?: boolean },
  cause: Cause,
) {
  return tryCode(tenant, attempt.userId, 'totp', cause, async (tx) => {
    const live = await lockAttempt(tx, tenant.id, policy, attempt.id);
    if (live?.step !== 'code') return failure('expired');
    const checked = await spendCode(tx, tenant.id, attempt.userId, code);
    return checked.ok
      ? finishSecondFactor(
          tx,
          tenant.id,
          live,
          { factor: 'totp', remember: remember && mayRemember(policy, live.provider) },
          cause,
        )
      : checked;
  });
}

/**
 * Returns whether the code is correct, and spends its time step: one of many at once succeeds, and
 * no earlier step is accepted again.
 */
async function spendCode(tx: Tx, tenantId: string, userId: string, code: string) {
  const mine = and(eq(totpSecrets.tenantId, tenantId), eq(totpSecrets.userId, userId));
  const [row] = await tx.select({ sealed: totpSecrets.sealedSecret }).from(totpSecrets).where(mine);
  if (!row) return failure('wrong-code');
  const secret = unsealTotpSecret(row.sealed, tenantId, userId);
  const checked = checkCode(secret, code, 'sign-in');
  if (!checked.ok) {
    if (checked.error !== 'wrong-code' && checked.direction === 'ahead')
      await tx.update(totpSecrets).set({ toldStep: checked.step }).where(mine);
    return checked;
  }
  const resealed = isSealedUnderOldKey(row.sealed) ? { sealedSecret: sealTotpSecret(secret, tenantId, userId) } : {};
  const spent = await tx
    .update(totpSecrets)
    .set({ lastStep: checked.step, ...resealed })
    .where(
      and(mine, lt(totpSecrets.lastStep, checked.step), sql`${totpSecrets.toldStep} is distinct from ${checked.step}`),
    )
    .returning({ userId: totpSecrets.userId });
  return spent.length === 1 ? checked : failure('wrong-code');
}
