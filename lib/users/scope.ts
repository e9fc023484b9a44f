import { type Tx, withTenant } from '@/db';
import { isUser, users } from '@/db/schema/users';
import type { AuditEvent } from '@/lib/audit/events';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

type LockedUser = {
  role: 'agent' | 'administrator';
  status: 'active' | 'disabled';
  emergency: boolean;
  email: string | null;
  secondFactorRequired: boolean;
};

type RefusedChange = ReturnType<
  typeof failure<'last-administrator' | 'last-emergency' | 'emergency-role' | 'no-second-factors' | 'user-limit'>
>;

/** `lockFirst` takes locks before the user's row, so that no two changes wait for each other. */
type UserChange = {
  tenant: Tenant;
  userId: string;
  cause: Cause;
  event: AuditEvent;
  lockFirst?: (tx: Tx, tenantId: string) => Promise<unknown>;
};

/**
 * Changes one user and records `event` in the same transaction, with the details that `change`
 * returns. Fails with `not-found`, and as `change` does.
 */
export function changeUser(
  { tenant, userId, cause, event, lockFirst }: UserChange,
  // biome-ignore lint/suspicious/noConfusingVoidType: a change without details returns nothing
  change: (tx: Tx, user: LockedUser) => Promise<AuditDetail | RefusedChange | void>,
) {
  return withTenant(tenant.id, async (tx) => {
    await lockFirst?.(tx, tenant.id);
    const user = await lockUser(tx, tenant.id, userId);
    if (!user) return failure('not-found');
    const changed = await change(tx, user);
    if (isRefused(changed)) return changed;
    record(tx, tenant.id, cause, event, { subjectId: userId, detail: changed ?? {} });
    return { ok: true } as const;
  });
}

// biome-ignore lint/suspicious/noConfusingVoidType: as above
function isRefused(changed: AuditDetail | RefusedChange | void): changed is RefusedChange {
  return changed !== undefined && changed.ok === false;
}

/** Locks and returns a user of this tenant, or undefined. */
export async function lockUser(tx: Tx, tenantId: string, userId: string): Promise<LockedUser | undefined> {
  const [user] = await tx
    .select({
      role: users.role,
      status: users.status,
      emergency: users.emergency,
      email: users.email,
      secondFactorRequired: users.secondFactorRequired,
    })
    .from(users)
    .where(isUser(tenantId, userId))
    .for('update');
  return user;
}

/** Returns a user's first and last name, or '' for null and for a user that is gone. */
export async function nameOf(tx: Tx, tenantId: string, userId: string | null) {
  if (!userId) return '';
  const [user] = await tx
    .select({ firstName: users.firstName, lastName: users.lastName })
    .from(users)
    .where(isUser(tenantId, userId));
  return user ? `${user.firstName} ${user.lastName}` : '';
}
