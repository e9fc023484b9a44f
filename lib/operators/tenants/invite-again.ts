import { and, asc, eq, or, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { isUser, lastSignIns, passwords, users } from '@/db/schema/users';
import { changesBetween } from '@/lib/audit/changes';
import type { Cause } from '@/lib/audit/record';
import { mailFailure } from '@/lib/emails/limits';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import { lockTenant } from '@/lib/operators/tenants/settings';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { isEmail } from '@/lib/users/form';
import { mailInvitation } from '@/lib/users/invite';

/** Returns whether no user of a tenant has a password or has signed in. */
export async function waitsForAdministrator(tenant: Pick<Tenant, 'id'>) {
  return withTenant(tenant.id, async (tx) => !(await hasBegun(tx, tenant.id)));
}

/**
 * Invites a tenant's first administrator once more, at this address: the first one may have been
 * wrong. Fails with `has-begun` once anybody there has a password or has signed in, `email`,
 * `too-many-mails`, and `not-found`.
 */
export async function inviteAgain(tenantId: string, email: string, cause: Cause) {
  if (!isEmail(email)) return failure('email', { field: 'email' });
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    const [first] = await tx
      .select({ id: users.id, email: users.email })
      .from(users)
      .where(and(eq(users.tenantId, tenantId), eq(users.role, 'administrator'), eq(users.status, 'active')))
      .orderBy(asc(users.createdAt), asc(users.id))
      .limit(1)
      .for('update');
    if (!first || (await hasBegun(tx, tenantId))) return failure('has-begun');
    await tx.update(users).set({ email }).where(isUser(tenantId, first.id));
    await mailInvitation(tx, tenantId, first.id, cause);
    recordAtBoth(tx, tenant, cause, 'tenant_update', {
      what: 'invitation',
      ...changesBetween(first, { email }),
    });
    return { ok: true } as const;
  }).catch(mailFailure('email'));
}

async function hasBegun(tx: Tx, tenantId: string) {
  const count = await tx.$count(
    users,
    and(
      eq(users.tenantId, tenantId),
      or(
        sql`exists (select from ${lastSignIns} where ${lastSignIns.tenantId} = ${users.tenantId} and ${lastSignIns.userId} = ${users.id} and ${lastSignIns.at} > '-infinity')`,
        sql`exists (select from ${passwords} where ${passwords.tenantId} = ${users.tenantId} and ${passwords.userId} = ${users.id})`,
      ),
    ),
  );
  return count > 0;
}
