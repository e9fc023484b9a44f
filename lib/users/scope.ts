import { and, eq } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { users } from '@/db/schema/users';
import { changesBetween } from '@/lib/audit/changes';
import type { AuditEvent } from '@/lib/audit/events';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { newOneTimeToken } from '@/lib/crypto';
import { mailFailure } from '@/lib/emails/limits';
import { queueMail } from '@/lib/emails/queue';
import { isSameId } from '@/lib/ids';
import { hashPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden, refuseHidden } from '@/lib/passwords/hidden';
import { openReset } from '@/lib/passwords/reset/request';
import { endWhatHungOnPassword, killLinks, storePassword } from '@/lib/passwords/set';
import { temporaryPasswordFrom } from '@/lib/passwords/temporary';
import type { Policy } from '@/lib/policies/policy';
import { clearBudgetsOf } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import { removeSecondFactor } from '@/lib/second-factor/settings';
import { endAllOf, endWithoutFactor } from '@/lib/sessions/find';
import { isLastEmergency } from '@/lib/sso/connections/states';
import type { Tenant } from '@/lib/tenants/tenants';
import { hasOtherAdministrator, lockAdministrators } from '@/lib/users/administrators';
import { roomFor } from '@/lib/users/users';

/** What an administrator does for one of his people. Every function fails with `not-found` on anyone else. */

/** A temporary password told by word of mouth works for a day, once. */
const TOLD_TEMPORARY_MINUTES = 24 * 60;

/** Takes the second factor away from somebody else (`yourself` asks for the password first, in Settings): secret, recovery codes and sessions go, the person is told, the next sign-in enrols again. Fails with `last-emergency` where passwords are hidden from all others. */
export async function resetTwoFactor(tenant: Tenant, userId: string, cause: Cause) {
  if (isSameId(userId, cause.actorId)) return failure('yourself');
  return onMember(tenant, userId, cause, 'authn_second_factor_reset', async (tx) => {
    if (await isLastEmergency(tx, tenant.id, userId)) return failure('last-emergency');
    await removeSecondFactor(tx, tenant.id, userId);
    await killLinks(tx, tenant.id, userId);
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

/** Mails a reset link, or, where there is no address to mail to, makes a temporary password that is shown once. Fails with `password-hidden` where it would open nothing. */
export async function resetPassword(tenant: Tenant, policy: Policy, userId: string, cause: Cause) {
  if (isSameId(userId, cause.actorId)) return failure('yourself');
  if (policy.passwordHidden) {
    const known = await withTenant(tenant.id, (tx) => lockMember(tx, tenant.id, userId));
    if (!known) return failure('not-found');
    if (isPasswordHidden(policy, known)) return refuseHidden(tenant, 'authn_password_reset_fail', cause, userId);
  }
  const temporaryPassword = temporaryPasswordFrom(newOneTimeToken('temporary-password'));
  const hash = await hashPassword(temporaryPassword);
  return withTenant(tenant.id, async (tx) => {
    const member = await lockMember(tx, tenant.id, userId);
    if (!member) return failure('not-found');
    if (member.status !== 'active') return failure('is-disabled');
    if (member.email) {
      const resetId = await openReset(tx, tenant.id, userId, policy.resetStyle);
      const mail = { kind: 'administrator-reset', resetId } as const;
      await queueMail(tx, { tenantId: tenant.id, userId, mail }, { senderId: cause.actorId });
      await record(tx, tenant.id, cause, 'authn_password_reset_request', {
        subjectId: userId,
        detail: { by: 'administrator' },
      });
      return { ok: true, sent: 'mail' } as const;
    }
    await storePassword(tx, tenant.id, userId, hash, TOLD_TEMPORARY_MINUTES);
    const ended = await endWhatHungOnPassword(tx, tenant.id, userId);
    await record(tx, tenant.id, cause, 'authn_temporary_password_issue', {
      subjectId: userId,
      detail: { by: 'administrator', ended },
    });
    return { ok: true, sent: 'shown', temporaryPassword } as const;
  }).catch(mailFailure());
}

/** Gives back every try, of passwords and codes, from whatever device. */
export function unlock(tenant: Tenant, userId: string, cause: Cause) {
  return onMember(tenant, userId, cause, 'authn_unlock', async (tx) => {
    await clearBudgetsOf(tx, tenant.id, userId);
  });
}

export function endAllSessions(tenant: Tenant, userId: string, cause: Cause) {
  return onMember(tenant, userId, cause, 'session_end', async (tx) => ({
    ended: await endAllOf(tx, tenant.id, userId),
  }));
}

/**
 * Shuts a person out at once: sessions, attempts and links end. Fails with `last-administrator` on
 * the last one who can sign in, `last-emergency` where passwords are hidden from all others.
 */
export function disable(tenant: Tenant, userId: string, cause: Cause) {
  return onMember(tenant, userId, cause, 'user_disable', async (tx, member) => {
    if (await isLastEmergency(tx, tenant.id, userId)) return failure('last-emergency');
    if (member.role === 'administrator' && !(await hasOtherAdministrator(tx, tenant.id, userId)))
      return failure('last-administrator');
    await tx.update(users).set({ status: 'disabled' }).where(isMember(tenant.id, userId));
    await killLinks(tx, tenant.id, userId);
    const ended = await endAllOf(tx, tenant.id, userId);
    return { ...changesBetween(member, { status: 'disabled' }), ended };
  });
}

/**
 * Deletes a person and all that is his; the trail keeps its words, and his name. Fails with `remove-yourself`,
 * `last-administrator`, `last-emergency`.
 */
export async function removeUser(tenant: Tenant, userId: string, cause: Cause) {
  if (isSameId(userId, cause.actorId)) return failure('remove-yourself');
  return onMember(tenant, userId, cause, 'user_delete', async (tx, member) => {
    const who = isMember(tenant.id, userId);
    if (await isLastEmergency(tx, tenant.id, userId)) return failure('last-emergency');
    if (member.role === 'administrator' && !(await hasOtherAdministrator(tx, tenant.id, userId)))
      return failure('last-administrator');
    await clearBudgetsOf(tx, tenant.id, userId);
    const [gone] = await tx
      .delete(users)
      .where(who)
      .returning({ username: users.username, firstName: users.firstName, lastName: users.lastName });
    // What the trail calls him from now on.
    return gone && { username: gone.username, name: `${gone.firstName} ${gone.lastName}` };
  });
}

/**
 * Asks a second factor of a person, also where the policy leaves it to each, or leaves it to the policy again. Who has none yet
 * is signed out, and sets one up at the next sign-in. Fails with `no-second-factors` where the tenant has no second factors.
 */
export async function requireSecondFactor(tenant: Tenant, userId: string, required: boolean, cause: Cause) {
  return onMember(tenant, userId, cause, 'user_update', async (tx, member) => {
    const [policy] = await tx
      .select({ secondFactor: policies.secondFactor })
      .from(policies)
      .where(eq(policies.tenantId, tenant.id));
    if (required && policy?.secondFactor === 'off') return failure('no-second-factors');
    await tx.update(users).set({ secondFactorRequired: required }).where(isMember(tenant.id, userId));
    const ended = required ? await endWithoutFactor(tx, tenant.id, userId) : 0;
    const change = changesBetween(member, { secondFactorRequired: required });
    return { what: 'second-factor', required, ended, ...change };
  });
}

/** Lets a person in again. Fails with `user-limit` where the tenant has as many active users as its operator allows. */
export function enable(tenant: Tenant, userId: string, cause: Cause) {
  return onMember(tenant, userId, cause, 'user_enable', async (tx, member) => {
    if (member.status !== 'active' && (await roomFor(tx, tenant.id)) < 1) return failure('user-limit');
    await tx.update(users).set({ status: 'active' }).where(isMember(tenant.id, userId));
    return changesBetween(member, { status: 'active' });
  });
}

/**
 * Changes a role; it counts from the user's next request. Fails with `last-administrator` on the
 * last one who can sign in.
 */
export function setRole(tenant: Tenant, userId: string, role: 'agent' | 'administrator', cause: Cause) {
  return onMember(tenant, userId, cause, 'user_update', async (tx, member) => {
    if (role === 'agent' && (await isLastEmergency(tx, tenant.id, userId))) return failure('last-emergency');
    if (
      member.role === 'administrator' &&
      role !== 'administrator' &&
      !(await hasOtherAdministrator(tx, tenant.id, userId))
    ) {
      return failure('last-administrator');
    }
    await tx
      .update(users)
      .set({ role, ...(role === 'agent' ? { emergency: false } : {}) })
      .where(isMember(tenant.id, userId));
    const emergency = role === 'agent' ? { emergency: false } : {};
    return { role, ...changesBetween(member, { role, ...emergency }) };
  });
}

/**
 * Names an administrator as an emergency account, who keeps password and second factor where passwords are hidden, or takes that
 * back. Fails with `emergency-role` on an agent, `last-emergency` where passwords are hidden and nobody else is one that works.
 */
export function setEmergency(tenant: Tenant, userId: string, emergency: boolean, cause: Cause) {
  return onMember(tenant, userId, cause, 'user_update', async (tx, member) => {
    if (emergency && member.role !== 'administrator') return failure('emergency-role');
    if (!emergency && (await isLastEmergency(tx, tenant.id, userId))) return failure('last-emergency');
    await tx.update(users).set({ emergency }).where(isMember(tenant.id, userId));
    return { emergency, ...changesBetween(member, { emergency }) };
  });
}

type Member = {
  role: 'agent' | 'administrator';
  status: 'active' | 'disabled';
  emergency: boolean;
  email: string | null;
  secondFactorRequired: boolean;
};

type Refused = ReturnType<
  typeof failure<'last-administrator' | 'last-emergency' | 'emergency-role' | 'no-second-factors' | 'user-limit'>
>;

/** One change to one person, with its audit event in the same transaction. */
function onMember(
  tenant: Tenant,
  userId: string,
  cause: Cause,
  event: AuditEvent,
  // biome-ignore lint/suspicious/noConfusingVoidType: a change that has nothing to tell returns nothing
  change: (tx: Tx, member: Member) => Promise<AuditDetail | Refused | void>,
) {
  return withTenant(tenant.id, async (tx) => {
    await FIRST[event]?.(tx, tenant.id);
    const member = await lockMember(tx, tenant.id, userId);
    if (!member) return failure('not-found');
    const changed = await change(tx, member);
    if (isRefused(changed)) return changed;
    await record(tx, tenant.id, cause, event, { subjectId: userId, detail: changed ?? {} });
    return { ok: true } as const;
  });
}

// biome-ignore lint/suspicious/noConfusingVoidType: as above
function isRefused(changed: AuditDetail | Refused | void): changed is Refused {
  return changed !== undefined && changed.ok === false;
}

async function lockMember(tx: Tx, tenantId: string, userId: string): Promise<Member | undefined> {
  const [member] = await tx
    .select({
      role: users.role,
      status: users.status,
      emergency: users.emergency,
      email: users.email,
      secondFactorRequired: users.secondFactorRequired,
    })
    .from(users)
    .where(isMember(tenantId, userId))
    .for('update');
  return member;
}

/** What a change waits for before it holds anything: no two of them then wait for each other. */
const FIRST: { [Event in AuditEvent]?: (tx: Tx, tenantId: string) => Promise<unknown> } = {
  user_disable: lockAdministrators,
  user_delete: lockAdministrators,
  user_update: lockAdministrators,
  user_enable: roomFor,
};

async function nameOf(tx: Tx, tenantId: string, userId: string | null) {
  if (!userId) return '';
  const [person] = await tx
    .select({ firstName: users.firstName, lastName: users.lastName })
    .from(users)
    .where(isMember(tenantId, userId));
  return person ? `${person.firstName} ${person.lastName}` : '';
}

function isMember(tenantId: string, userId: string) {
  return and(eq(users.tenantId, tenantId), eq(users.id, userId));
}
