import { and, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { invitations } from '@/db/schema/user-administration';
import { isUser, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, oneTimeToken } from '@/lib/crypto';
import { hashPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { checkNewPassword, invalidateLinks, type NewPassword, passwordOwner, storePassword } from '@/lib/passwords/set';
import type { Policy } from '@/lib/policies/policy';
import { giveBackVolume, within } from '@/lib/rate-limit/limiter';
import { clearBudgetsOf } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { isLive } from '@/lib/users/invite';

/**
 * Returns the user that a link invites, without spending it; `hidden` where single sign-on replaces
 * passwords.
 */
export async function findInvitation(tenant: Tenant, policy: Policy, token: string | undefined) {
  if (!isToken(token)) return undefined;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        userId: users.id,
        firstName: users.firstName,
        username: users.username,
        extension: users.extension,
        emergency: users.emergency,
      })
      .from(invitations)
      .innerJoin(users, isActiveOwner)
      .where(isGoodLink(tenant.id, token)),
  );
  return row && { ...row, hidden: isPasswordHidden(policy, row) };
}

/**
 * Returns the link's token for the typed code of a slip. Fails at `slip` with `slip-code`, and with
 * `too-many`.
 */
export function openSlip(tenant: Tenant, typed: string, cause: Cause) {
  return within('slip', [tenant.id, cause.address], () => findSlip(tenant, typed, cause));
}

async function findSlip(tenant: Tenant, typed: string, cause: Cause) {
  const letters = typed.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ nonce: invitations.nonce, keyId: invitations.keyId })
      .from(invitations)
      .innerJoin(users, isActiveOwner)
      .where(and(eq(invitations.tenantId, tenant.id), eq(invitations.codeHash, hashToken(letters)), isLive)),
  );
  if (!row) return failure('slip-code', { field: 'slip' });
  await giveBackVolume('slip', tenant.id, cause.address);
  return { ok: true, token: oneTimeToken('invitation', row) } as const;
}

/**
 * Spends an invitation and stores the user's first password. Fails with `link-dead`,
 * `password-hidden`, or at a field as checkNewPassword does.
 */
export async function acceptInvitation(
  tenant: Tenant,
  policy: Policy,
  token: string | undefined,
  chosen: NewPassword,
  cause: Cause,
) {
  const invited = await findInvitation(tenant, policy, token);
  if (!token || !invited) return failure('link-dead');
  if (invited.hidden) return failure('password-hidden');
  const owner = await withTenant(tenant.id, (tx) => passwordOwner(tx, tenant.id, invited.userId));
  if (!owner) return failure('link-dead');
  const verdict = await checkNewPassword(tenant, policy, owner, chosen);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(chosen.password);
  return withTenant(tenant.id, async (tx) => {
    // Locks the user first, as every change does; the second of two tabs finds the invitation
    // spent.
    await tx.select({ id: users.id }).from(users).where(isUser(tenant.id, invited.userId)).for('update');
    const spent = await tx
      .delete(invitations)
      .where(isGoodLink(tenant.id, token))
      .returning({ userId: invitations.userId, way: invitations.way });
    if (!spent[0]) return failure('link-dead');
    await invalidateLinks(tx, tenant.id, invited.userId);
    await clearBudgetsOf(tx, tenant.id, invited.userId, 'password');
    await storePassword(tx, tenant.id, invited.userId, hash);
    record(tx, tenant.id, { ...cause, actorId: invited.userId }, 'user_invite_accept', {
      subjectId: invited.userId,
      detail: { way: spent[0].way },
    });
    return { ok: true } as const;
  });
}

const isActiveOwner = and(
  eq(users.tenantId, invitations.tenantId),
  eq(users.id, invitations.userId),
  eq(users.status, 'active'),
);

function isGoodLink(tenantId: string, token: string) {
  return and(eq(invitations.tenantId, tenantId), eq(invitations.tokenHash, hashToken(token)), isLive);
}
