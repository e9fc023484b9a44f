import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { hashPassword } from '@/lib/passwords/hashing';
import { openResetLink, spendLink } from '@/lib/passwords/reset/find-link';
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
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Spends a reset link and stores the new password. Sessions, attempts, older links and lockouts
 * end, and a notice is mailed. Opens no session. Fails with `link-dead` or at a field.
 */
export async function finishReset(
  tenant: Tenant,
  policy: Policy,
  token: string | undefined,
  chosen: NewPassword,
  cause: Cause,
) {
  const reset = await openResetLink(tenant, policy, token, cause);
  if (!token || reset?.style !== 'link') return failure('link-dead');
  const owner = await withTenant(tenant.id, (tx) => passwordOwner(tx, tenant.id, reset.userId));
  if (!owner) return failure('link-dead');
  const verdict = await checkNewPassword(tenant, policy, owner, chosen);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(chosen.password);
  return withTenant(tenant.id, async (tx) => {
    if (!(await spendLink(tx, tenant.id, reset, token, cause))) return failure('link-dead');
    await storePassword(tx, tenant.id, reset.userId, hash);
    const ended = await endPasswordSessions(tx, tenant.id, reset.userId);
    await mailPasswordChanged(tx, tenant.id, reset.userId, cause);
    record(tx, tenant.id, cause, 'authn_password_reset', {
      subjectId: reset.userId,
      detail: { style: 'link', ended },
    });
    return { ok: true } as const;
  });
}
