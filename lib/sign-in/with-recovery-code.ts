import { type Cause, record } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import type { Policy } from '@/lib/policies/policy';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure } from '@/lib/result';
import { countRecoveryCodes, spendRecoveryCode } from '@/lib/second-factor/recovery-codes';
import { type Attempt, lockAttempt } from '@/lib/sign-in/attempt';
import { finishSecondFactor } from '@/lib/sign-in/finish-second-factor';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Checks a recovery code in place of the app's: each once, on the same budget of five. Fails as
 * proveCode does.
 */
export async function proveRecoveryCode(tenant: Tenant, policy: Policy, attempt: Attempt, code: string, cause: Cause) {
  return tryCode(tenant, attempt.userId, 'recovery-code', cause, async (tx) => {
    const live = await lockAttempt(tx, tenant.id, policy, attempt.id);
    if (live?.step !== 'code') return failure('expired');
    if (!(await spendRecoveryCode(tx, tenant.id, attempt.userId, code))) return failure('wrong-recovery-code');
    const left = await countRecoveryCodes(tx, tenant.id, attempt.userId);
    await queueMail(tx, {
      tenantId: tenant.id,
      userId: attempt.userId,
      mail: { kind: 'recovery-code-used', at: new Date().toISOString(), left },
    });
    record(tx, tenant.id, cause, 'authn_recovery_code_use', { subjectId: attempt.userId, detail: { left } });
    return finishSecondFactor(tx, tenant.id, live, { factor: 'recovery-code' }, cause);
  });
}
