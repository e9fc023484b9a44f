import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { newOneTimeToken } from '@/lib/crypto';
import { mailFailure } from '@/lib/emails/limits';
import { queueMail } from '@/lib/emails/queue';
import { isSameId } from '@/lib/ids';
import { LIFETIMES } from '@/lib/lifetimes';
import { isLastEmergency } from '@/lib/passwords/emergency';
import { hashPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden, refuseHidden } from '@/lib/passwords/hidden';
import { openReset } from '@/lib/passwords/reset/request';
import { endPasswordSessions, invalidateLinks, storePassword } from '@/lib/passwords/set';
import { temporaryPasswordFrom } from '@/lib/passwords/temporary';
import type { Policy } from '@/lib/policies/policy';
import { clearBudgetsOf } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import { removeSecondFactor } from '@/lib/second-factor/settings';
import { endAllOf } from '@/lib/sessions/end';
import type { Tenant } from '@/lib/tenants/tenants';
import { changeUser, lockUser, nameOf } from '@/lib/users/scope';

/** What administrators do for a user. Every function fails with `not-found` outside the tenant. */

/**
 * Removes another user's second factor: secret, recovery codes and sessions; they are notified and
 * enrol again at the next sign-in. Fails with `yourself`, and with `last-emergency` where passwords
 * are hidden and no other emergency account works.
 */
export async function resetTwoFactor(tenant: Tenant, userId: string, cause: Cause) {
  if (isSameId(userId, cause.actorId)) return failure('yourself');
  return changeUser({ tenant, userId, cause, event: 'authn_second_factor_reset' }, async (tx) => {
    if (await isLastEmergency(tx, tenant.id, userId)) return failure('last-emergency');
    await removeSecondFactor(tx, tenant.id, userId);
    await invalidateLinks(tx, tenant.id, userId);
    await clearBudgetsOf(tx, tenant.id, userId, 'code');
    const ended = await endAllOf(tx, tenant.id, userId);
    const byName = await nameOf(tx, tenant.id, cause.actorId);
    await queueMail(tx, {
      tenantId: tenant.id,
      userId,
      mail: { kind: 'two-factor-reset', at: new Date().toISOString(), byName },
    });
    return { ended };
  });
}

/**
 * Mails a reset link to another user, or makes a temporary password, shown once, where they have no
 * address. Fails with `yourself`, `is-disabled`, `password-hidden` and `too-many-mails`.
 */
export async function resetPassword(tenant: Tenant, policy: Policy, userId: string, cause: Cause) {
  if (isSameId(userId, cause.actorId)) return failure('yourself');
  if (policy.passwordHidden) {
    const locked = await withTenant(tenant.id, (tx) => lockUser(tx, tenant.id, userId));
    if (!locked) return failure('not-found');
    if (isPasswordHidden(policy, locked)) return refuseHidden(tenant, 'authn_password_reset_fail', cause, userId);
  }
  const temporaryPassword = temporaryPasswordFrom(newOneTimeToken('temporary-password'));
  const hash = await hashPassword(temporaryPassword);
  return withTenant(tenant.id, async (tx) => {
    const user = await lockUser(tx, tenant.id, userId);
    if (!user) return failure('not-found');
    if (user.status !== 'active') return failure('is-disabled');
    if (user.email) {
      const resetId = await openReset(tx, tenant.id, userId, policy.resetStyle);
      const mail = { kind: 'administrator-reset', resetId } as const;
      await queueMail(tx, { tenantId: tenant.id, userId, mail }, { senderId: cause.actorId });
      record(tx, tenant.id, cause, 'authn_password_reset_request', {
        subjectId: userId,
        detail: { by: 'administrator' },
      });
      return { ok: true, sent: 'mail' } as const;
    }
    await storePassword(tx, tenant.id, userId, hash, LIFETIMES.readOutPassword);
    const ended = await endPasswordSessions(tx, tenant.id, userId);
    record(tx, tenant.id, cause, 'authn_temporary_password_issue', {
      subjectId: userId,
      detail: { by: 'administrator', ended },
    });
    return { ok: true, sent: 'shown', temporaryPassword } as const;
  }).catch(mailFailure());
}

/** Ends every lockout of a user, for passwords and codes, on all devices. */
export function unlock(tenant: Tenant, userId: string, cause: Cause) {
  return changeUser({ tenant, userId, cause, event: 'authn_unlock' }, async (tx) => {
    await clearBudgetsOf(tx, tenant.id, userId);
  });
}

/** Ends all sessions of a user. */
export function endAllSessions(tenant: Tenant, userId: string, cause: Cause) {
  return changeUser({ tenant, userId, cause, event: 'session_end' }, async (tx) => ({
    ended: await endAllOf(tx, tenant.id, userId),
  }));
}
