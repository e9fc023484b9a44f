import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { passwordResets } from '@/db/schema/one-time';
import { users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import { isPasswordHidden, refuseHidden } from '@/lib/passwords/hidden';
import type { Policy } from '@/lib/policies/policy';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/**
 * Returns the reset of a live link whose user is active and may use a password, without spending
 * it.
 */
export async function findResetLink(tenant: Tenant, policy: Policy, token: string | undefined) {
  const link = await findByToken(tenant, token);
  return link && !isPasswordHidden(policy, link) ? link : undefined;
}

/** Returns the same, to spend it; records the attempt where passwords are hidden. */
export async function openResetLink(tenant: Tenant, policy: Policy, token: string | undefined, cause: Cause) {
  const link = await findByToken(tenant, token);
  if (!link || !isPasswordHidden(policy, link)) return link;
  await refuseHidden(tenant, 'authn_password_reset_fail', cause, link.userId);
  return undefined;
}

async function findByToken(tenant: Tenant, token: string | undefined) {
  if (!isToken(token)) return undefined;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: passwordResets.id,
        userId: passwordResets.userId,
        style: passwordResets.style,
        firstName: users.firstName,
        emergency: users.emergency,
      })
      .from(passwordResets)
      .innerJoin(
        users,
        and(
          eq(users.tenantId, passwordResets.tenantId),
          eq(users.id, passwordResets.userId),
          eq(users.status, 'active'),
        ),
      )
      .where(isGoodLink(tenant.id, token)),
  );
  return row;
}

/** Spends a link by one UPDATE. Returns false, and records it, where it is spent or expired. */
export async function spendLink(tx: Tx, tenantId: string, { userId }: { userId: string }, token: string, cause: Cause) {
  const spent = await tx
    .update(passwordResets)
    .set({ usedAt: sql`now()` })
    .where(isGoodLink(tenantId, token))
    .returning({ id: passwordResets.id });
  if (spent.length > 0) return true;
  record(tx, tenantId, cause, 'authn_password_reset_fail', { subjectId: userId });
  return false;
}

/** The condition under which a link may be spent. */
function isGoodLink(tenantId: string, token: string) {
  return and(
    eq(passwordResets.tenantId, tenantId),
    eq(passwordResets.tokenHash, hashToken(token)),
    isNull(passwordResets.usedAt),
    or(
      isNull(passwordResets.sentAt),
      sql`${passwordResets.sentAt} > now() - make_interval(secs => ${inSeconds(LIFETIMES.resetLink)})`,
    ),
  );
}
