import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { emailChanges, passwordResets } from '@/db/schema/one-time';
import { invitations } from '@/db/schema/user-administration';
import { belongsToUser, isUser, passwords, users } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import { verifyPassword } from '@/lib/passwords/hashing';
import { checkPasswordRules } from '@/lib/passwords/rules';
import type { Policy } from '@/lib/policies/policy';
import { clearBudgetsOf } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import { browserOf } from '@/lib/sessions/browser';
import { endAllOf } from '@/lib/sessions/end';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

export type NewPassword = { password: string; repeat: string };

/**
 * Checks whether a user may choose this password. Fails at `repeat` with `mismatch`; at `password`
 * as checkPasswordRules does, with `same-password`, or with `used-before` by the policy's history.
 */
export async function checkNewPassword(
  tenant: Tenant,
  policy: Policy,
  owner: PasswordOwnerRow,
  { password, repeat }: NewPassword,
) {
  const verdict = await checkPasswordRules(password, {
    minLength: policy.passwordMinLength,
    username: owner.username,
    extension: owner.extension,
    firstName: owner.firstName,
    lastName: owner.lastName,
    accountId: tenant.accountId,
    tenantName: tenant.name,
  });
  if (!verdict.ok) return { ...verdict, field: 'password' };
  if (password !== repeat) return failure('mismatch', { field: 'repeat' });
  if (owner.hash && (await verifyPassword(owner.hash, password)).ok)
    return failure('same-password', { field: 'password' });
  for (const hash of owner.earlier.slice(0, policy.passwordHistory))
    if ((await verifyPassword(hash, password)).ok) return failure('used-before', { field: 'password' });
  return { ok: true } as const;
}

type PasswordOwnerRow = {
  username: string;
  extension: string | null;
  firstName: string;
  lastName: string;
  emergency: boolean;
  hash: string | null;
  changedAt: string | null;
  /** The passwords before this one, latest first. */
  earlier: string[];
};

/** Returns what checkNewPassword needs of an active user, or undefined. */
export async function passwordOwner(tx: Tx, tenantId: string, userId: string): Promise<PasswordOwnerRow | undefined> {
  const [row] = await tx
    .select({
      username: users.username,
      extension: users.extension,
      firstName: users.firstName,
      lastName: users.lastName,
      emergency: users.emergency,
      hash: passwords.hash,
      changedAt: sql<string | null>`${passwords.changedAt}::text`,
      earlier: sql<
        string[]
      >`array(select e.hash from earlier_passwords e where e.tenant_id = ${users.tenantId} and e.user_id = ${users.id} order by e.changed_at desc)`,
    })
    .from(users)
    .leftJoin(passwords, and(eq(passwords.tenantId, users.tenantId), eq(passwords.userId, users.id)))
    .where(and(isUser(tenantId, userId), eq(users.status, 'active')));
  return row;
}

/**
 * Stores a password; with `temporaryFor`, in milliseconds, one that expires and only allows
 * choosing a new one.
 */
export async function storePassword(tx: Tx, tenantId: string, userId: string, hash: string, temporaryFor?: number) {
  const row = {
    hash,
    temporaryUntil: temporaryFor ? sql`now() + make_interval(secs => ${inSeconds(temporaryFor)})` : null,
    changedAt: sql`clock_timestamp()`,
  };
  await keepEarlier(tx, tenantId, userId);
  await tx
    .insert(passwords)
    .values({ tenantId, userId, ...row })
    .onConflictDoUpdate({ target: [passwords.tenantId, passwords.userId], set: row });
}

/** Keeps the replaced password for as long as the policy forbids it, unless it was temporary. */
async function keepEarlier(tx: Tx, tenantId: string, userId: string) {
  await tx.execute(sql`insert into earlier_passwords (tenant_id, user_id, changed_at, hash)
    select p.tenant_id, p.user_id, p.changed_at, p.hash from passwords p join policies y on y.tenant_id = p.tenant_id
    where p.tenant_id = ${tenantId} and p.user_id = ${userId} and p.temporary_until is null and y.password_history > 0
    on conflict do nothing`);
  await tx.execute(sql`delete from earlier_passwords where tenant_id = ${tenantId} and user_id = ${userId}
    and changed_at not in (select changed_at from earlier_passwords where tenant_id = ${tenantId} and user_id = ${userId}
      order by changed_at desc limit (select password_history from policies where tenant_id = ${tenantId}))`);
}

/** Invalidates a user's mailed links: password resets, email changes, invitations. */
export async function invalidateLinks(tx: Tx, tenantId: string, userId: string) {
  await tx.delete(passwordResets).where(belongsToUser(passwordResets, tenantId, userId));
  await tx.delete(emailChanges).where(belongsToUser(emailChanges, tenantId, userId));
  await tx.delete(invitations).where(belongsToUser(invitations, tenantId, userId));
}

/**
 * Ends links, sessions (except `keepId`), attempts and lockouts after a password change. Returns
 * how many sessions ended.
 */
export async function endPasswordSessions(tx: Tx, tenantId: string, userId: string, keepId?: string) {
  await invalidateLinks(tx, tenantId, userId);
  await clearBudgetsOf(tx, tenantId, userId, 'password');
  return endAllOf(tx, tenantId, userId, keepId);
}

/** Notifies the user by mail that their password has changed. */
export async function mailPasswordChanged(tx: Tx, tenantId: string, userId: string, cause: Cause) {
  const mail = {
    kind: 'password-changed',
    at: new Date().toISOString(),
    address: cause.address,
    browser: browserOf(cause.userAgent),
  } as const;
  await queueMail(tx, { tenantId, userId, mail });
}
