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
 * Changes a signed-in person's password: he stays, under a new token; every other session, attempt and link ends.
 * Of two changes at once one wins and the other fails with `changed-elsewhere`. Other failures stand at their fields.
 */
export async function changePassword(
  tenant: Tenant,
  policy: Policy,
  who: { userId: string; sessionId: string },
  input: NewPassword & { current: string },
  cause: Cause,
) {
  const owner = await withTenant(tenant.id, (tx) => passwordOwner(tx, tenant.id, who.userId));
  if (!owner) return failure('not-found');
  if (isPasswordHidden(policy, owner)) return refuseHidden(tenant, 'authn_password_change_fail', cause, who.userId);
  const again = await confirmPassword(tenant, who.userId, input.current, 'current', cause);
  if (!again.ok) return again;
  const verdict = await checkNewPassword(tenant, policy, owner, input);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(input.password);
  return withTenant(tenant.id, async (tx) => {
    const mine = and(belongsToUser(passwords, tenant.id, who.userId), eq(passwords.hash, again.hash));
    const [same] = await tx.select({ userId: passwords.userId }).from(passwords).where(mine).for('update');
    if (!same) return failure('changed-elsewhere');
    await storePassword(tx, tenant.id, who.userId, hash);
    const ended = await endPasswordSessions(tx, tenant.id, who.userId, who.sessionId);
    const session = await rotateSession(tx, tenant.id, who.sessionId);
    if (!session) return failure('changed-elsewhere');
    await mailPasswordChanged(tx, tenant.id, who.userId, cause);
    await record(tx, tenant.id, cause, 'authn_password_change', { subjectId: who.userId, detail: { ended } });
    return { ok: true, session } as const;
  });
}
