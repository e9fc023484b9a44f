import { and, eq } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { users } from '@/db/schema/users';
import type { AuditEvent } from '@/lib/audit/events';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { lockAdministrators } from '@/lib/users/administrators';
import { roomFor } from '@/lib/users/users';

type LockedUser = {
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
export function changeUser(
  tenant: Tenant,
  userId: string,
  cause: Cause,
  event: AuditEvent,
  // biome-ignore lint/suspicious/noConfusingVoidType: a change that has nothing to tell returns nothing
  change: (tx: Tx, member: LockedUser) => Promise<AuditDetail | Refused | void>,
) {
  return withTenant(tenant.id, async (tx) => {
    await FIRST[event]?.(tx, tenant.id);
    const member = await lockUser(tx, tenant.id, userId);
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

export async function lockUser(tx: Tx, tenantId: string, userId: string): Promise<LockedUser | undefined> {
  const [member] = await tx
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
  return member;
}

/** What a change waits for before it holds anything: no two of them then wait for each other. */
const FIRST: { [Event in AuditEvent]?: (tx: Tx, tenantId: string) => Promise<unknown> } = {
  user_disable: lockAdministrators,
  user_delete: lockAdministrators,
  user_update: lockAdministrators,
  user_enable: roomFor,
};

export async function nameOf(tx: Tx, tenantId: string, userId: string | null) {
  if (!userId) return '';
  const [person] = await tx
    .select({ firstName: users.firstName, lastName: users.lastName })
    .from(users)
    .where(isUser(tenantId, userId));
  return person ? `${person.firstName} ${person.lastName}` : '';
}

export function isUser(tenantId: string, userId: string) {
  return and(eq(users.tenantId, tenantId), eq(users.id, userId));
}
