import { eq } from 'drizzle-orm';
import { policies } from '@/db/schema/policies';
import { isUser, users } from '@/db/schema/users';
import { changesBetween } from '@/lib/audit/changes';
import type { Cause } from '@/lib/audit/record';
import { isSameId } from '@/lib/ids';
import { isLastEmergency } from '@/lib/passwords/emergency';
import { invalidateLinks } from '@/lib/passwords/set';
import { clearBudgetsOf } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import { endAllOf, endWithoutFactor } from '@/lib/sessions/end';
import type { Tenant } from '@/lib/tenants/tenants';
import { hasOtherAdministrator, lockAdministrators } from '@/lib/users/administrators';
import { changeUser } from '@/lib/users/scope';
import { lockRemainingUsers } from '@/lib/users/user-limit';

/**
 * Disables a user: sessions, attempts and links end. Fails with `last-administrator` for the last
 * one who can sign in, and `last-emergency` where passwords are hidden and no other account works.
 */
export function disable(tenant: Tenant, userId: string, cause: Cause) {
  return changeUser(
    { tenant, userId, cause, event: 'user_disable', lockFirst: lockAdministrators },
    async (tx, user) => {
      if (await isLastEmergency(tx, tenant.id, userId)) return failure('last-emergency');
      if (user.role === 'administrator' && !(await hasOtherAdministrator(tx, tenant.id, userId)))
        return failure('last-administrator');
      await tx.update(users).set({ status: 'disabled' }).where(isUser(tenant.id, userId));
      await invalidateLinks(tx, tenant.id, userId);
      const ended = await endAllOf(tx, tenant.id, userId);
      return { ...changesBetween(user, { status: 'disabled' }), ended };
    },
  );
}

/**
 * Deletes a user; the audit trail keeps their events and name. Fails with `remove-yourself`,
 * `last-administrator`, `last-emergency`.
 */
export async function removeUser(tenant: Tenant, userId: string, cause: Cause) {
  if (isSameId(userId, cause.actorId)) return failure('remove-yourself');
  return changeUser(
    { tenant, userId, cause, event: 'user_delete', lockFirst: lockAdministrators },
    async (tx, user) => {
      const isRemoved = isUser(tenant.id, userId);
      if (await isLastEmergency(tx, tenant.id, userId)) return failure('last-emergency');
      if (user.role === 'administrator' && !(await hasOtherAdministrator(tx, tenant.id, userId)))
        return failure('last-administrator');
      await clearBudgetsOf(tx, tenant.id, userId);
      const [gone] = await tx
        .delete(users)
        .where(isRemoved)
        .returning({ username: users.username, firstName: users.firstName, lastName: users.lastName });
      // The audit trail shows these from now on.
      return gone && { username: gone.username, name: `${gone.firstName} ${gone.lastName}` };
    },
  );
}

/**
 * Requires a second factor of a user whatever the policy, or leaves it to the policy again. A user
 * without one is signed out and enrols at the next sign-in. Fails with `no-second-factors`.
 */
export async function requireSecondFactor(tenant: Tenant, userId: string, required: boolean, cause: Cause) {
  return changeUser(
    { tenant, userId, cause, event: 'user_update', lockFirst: lockAdministrators },
    async (tx, user) => {
      const [policy] = await tx
        .select({ secondFactor: policies.secondFactor })
        .from(policies)
        .where(eq(policies.tenantId, tenant.id));
      if (required && policy?.secondFactor === 'off') return failure('no-second-factors');
      await tx.update(users).set({ secondFactorRequired: required }).where(isUser(tenant.id, userId));
      const ended = required ? await endWithoutFactor(tx, tenant.id, userId) : 0;
      const change = changesBetween(user, { secondFactorRequired: required });
      return { what: 'second-factor', required, ended, ...change };
    },
  );
}

/** Enables a user. Fails with `user-limit` where the tenant has as many active users as allowed. */
export function enable(tenant: Tenant, userId: string, cause: Cause) {
  return changeUser(
    { tenant, userId, cause, event: 'user_enable', lockFirst: lockRemainingUsers },
    async (tx, user) => {
      if (user.status !== 'active' && (await lockRemainingUsers(tx, tenant.id)) < 1) return failure('user-limit');
      await tx.update(users).set({ status: 'active' }).where(isUser(tenant.id, userId));
      return changesBetween(user, { status: 'active' });
    },
  );
}

/**
 * Changes a role; it counts from the user's next request. Fails with `last-administrator` for the
 * last one who can sign in.
 */
export function setRole(tenant: Tenant, userId: string, role: 'agent' | 'administrator', cause: Cause) {
  return changeUser(
    { tenant, userId, cause, event: 'user_update', lockFirst: lockAdministrators },
    async (tx, user) => {
      if (role === 'agent' && (await isLastEmergency(tx, tenant.id, userId))) return failure('last-emergency');
      if (
        user.role === 'administrator' &&
        role !== 'administrator' &&
        !(await hasOtherAdministrator(tx, tenant.id, userId))
      ) {
        return failure('last-administrator');
      }
      await tx
        .update(users)
        .set({ role, ...(role === 'agent' ? { emergency: false } : {}) })
        .where(isUser(tenant.id, userId));
      const emergency = role === 'agent' ? { emergency: false } : {};
      return { role, ...changesBetween(user, { role, ...emergency }) };
    },
  );
}

/**
 * Makes an administrator an emergency account, which keeps its password where passwords are hidden,
 * or an ordinary one. Fails with `emergency-role` for an agent, and `last-emergency`.
 */
export function setEmergency(tenant: Tenant, userId: string, emergency: boolean, cause: Cause) {
  return changeUser(
    { tenant, userId, cause, event: 'user_update', lockFirst: lockAdministrators },
    async (tx, user) => {
      if (emergency && user.role !== 'administrator') return failure('emergency-role');
      if (!emergency && (await isLastEmergency(tx, tenant.id, userId))) return failure('last-emergency');
      await tx.update(users).set({ emergency }).where(isUser(tenant.id, userId));
      return { emergency, ...changesBetween(user, { emergency }) };
    },
  );
}
