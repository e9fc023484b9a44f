import type { Cause } from '@/lib/audit/record';
import type { Policy } from '@/lib/policies/policy';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure } from '@/lib/result';
import { activate, checkFirstCode } from '@/lib/second-factor/enrollment';
import { type Attempt, lockAttempt } from '@/lib/sign-in/attempt';
import { finishSecondFactor } from '@/lib/sign-in/finish-second-factor';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Takes the first code of the secret shown for this attempt; the secret becomes the live one, and
 * the sign-in goes on. Fails with `wrong-code`, `code-too-old` after five minutes, `clock`,
 * `code-locked` after five, `expired`.
 */
export async function enroll(tenant: Tenant, policy: Policy, attempt: Attempt, code: string, cause: Cause) {
  return tryCode(tenant, attempt.userId, 'enrolment', cause, async (tx) => {
    const live = await lockAttempt(tx, tenant.id, policy, attempt.id);
    if (live?.step !== 'enroll' || !live.secret || !live.secretAt) return failure('expired');
    const checked = checkFirstCode(live.secret, code, live.secretAt);
    if (!checked.ok) return checked;
    const { userId } = attempt;
    const proof = { secret: live.secret, step: checked.step };
    await activate(tx, tenant.id, { userId, sessionId: null }, proof, { ...cause, actorId: userId });
    const followed = await finishSecondFactor(tx, tenant.id, live, { factor: 'totp' }, cause);
    return followed.ok ? { ...followed, newCodes: true } : followed;
  });
}
