import { withTenant } from '@/db';
import type { AuditEvent } from '@/lib/audit/events';
import { type Cause, record } from '@/lib/audit/record';
import type { Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

/** Returns whether single sign-on replaces this user's password. Called before any hashing. */
export function isPasswordHidden(
  policy: Pick<Policy, 'passwordHidden'>,
  user: { emergency: boolean } | null | undefined,
) {
  return policy.passwordHidden && !user?.emergency;
}

/**
 * Records an attempt to use a password while passwords are hidden. Fails with `password-hidden`.
 */
export async function refuseHidden(
  tenant: Tenant,
  event: Extract<
    AuditEvent,
    'authn_login_fail' | 'authn_password_change_fail' | 'authn_password_reset_fail' | 'authz_fail'
  >,
  cause: Cause,
  subjectId: string | null = null,
) {
  await withTenant(tenant.id, async (tx) =>
    record(tx, tenant.id, cause, event, { subjectId, detail: { reason: 'password-hidden' } }),
  );
  return failure('password-hidden');
}
