import { and, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { belongsToUser, passwords } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden, refuseHidden } from '@/lib/passwords/hidden';
import {
  checkNewPassword,
  endPasswordSessions,
  mailPasswordChanged,
  type NewPassword,
  passwordOwner,
  storePassword,
} from '@/lib/passwords/set';
import { confirmPassword } from '@/lib/passwords/step-up';
import type { Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import { rotateSession } from '@/lib/sessions/proof';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Changes a signed-in user's password. Their session stays, under a new token; all other sessions,
 * attempts and links end. Fails at a field, and with `changed-elsewhere` for the later of two
 * changes.
 */
export async function changePassword(
  tenant: Tenant,
  policy: Policy,
  session: { userId: string; sessionId: string },
  input: NewPassword & { current: string },
  cause: Cause,
) {
  const owner = await withTenant(tenant.id, (tx) => passwordOwner(tx, tenant.id, session.userId));
  if (!owner) return failure('not-found');
  if (isPasswordHidden(policy, owner)) return refuseHidden(tenant, 'authn_password_change_fail', cause, session.userId);
  const confirmed = await confirmPassword(tenant, session.userId, input.current, 'current', cause);
  if (!confirmed.ok) return confirmed;
  const verdict = await checkNewPassword(tenant, policy, owner, input);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(input.password);
  return withTenant(tenant.id, async (tx) => {
    const isConfirmed = and(belongsToUser(passwords, tenant.id, session.userId), eq(passwords.hash, confirmed.hash));
    const [unchanged] = await tx.select({ userId: passwords.userId }).from(passwords).where(isConfirmed).for('update');
    if (!unchanged) return failure('changed-elsewhere');
    await storePassword(tx, tenant.id, session.userId, hash);
    const ended = await endPasswordSessions(tx, tenant.id, session.userId, session.sessionId);
    const rotated = await rotateSession(tx, tenant.id, session.sessionId);
    if (!rotated) return failure('changed-elsewhere');
    await mailPasswordChanged(tx, tenant.id, session.userId, cause);
    record(tx, tenant.id, cause, 'authn_password_change', { subjectId: session.userId, detail: { ended } });
    return { ok: true, session: rotated } as const;
  });
}
