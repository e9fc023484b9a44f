import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { hashPassword } from '@/lib/passwords/hashing';
import {
  checkNewPassword,
  endPasswordSessions,
  mailPasswordChanged,
  type NewPassword,
  passwordOwner,
  storePassword,
} from '@/lib/passwords/set';
import type { Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { type Attempt, lockAttempt } from '@/lib/sign-in/attempt';
import { finishAttempt } from '@/lib/sign-in/finish-second-factor';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Takes the new password that a temporary one leads to, and signs the person in. Fails as
 * judgeNewPassword does, or with `expired`.
 */
export async function chooseNewPassword(
  tenant: Tenant,
  policy: Policy,
  attempt: Attempt,
  chosen: NewPassword,
  cause: Cause,
) {
  const owner = await withTenant(tenant.id, (tx) => passwordOwner(tx, tenant.id, attempt.userId));
  if (!owner) return failure('expired');
  const verdict = await checkNewPassword(tenant, policy, owner, chosen);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(chosen.password);
  return withTenant(tenant.id, async (tx) => {
    const live = await lockAttempt(tx, tenant.id, policy, attempt.id);
    if (live?.step !== 'new-password') return failure('expired');
    await storePassword(tx, tenant.id, attempt.userId, hash);
    await endPasswordSessions(tx, tenant.id, attempt.userId);
    await mailPasswordChanged(tx, tenant.id, attempt.userId, cause);
    record(tx, tenant.id, { ...cause, actorId: attempt.userId }, 'authn_password_change', {
      subjectId: attempt.userId,
    });
    const followed = await finishAttempt(tx, tenant.id, live, live.factor, cause);
    // Users who enrolled during this sign-in have not seen their recovery codes yet.
    return followed.ok ? { ...followed, newCodes: live.secretAt !== null } : followed;
  });
}
