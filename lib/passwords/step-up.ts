import { and, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { isUser, passwords, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { verifyPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden, refuseHidden } from '@/lib/passwords/hidden';
import { findPolicy } from '@/lib/policies/find';
import { budgetAt, clearBudget, lockFailure } from '@/lib/rate-limit/lockout';
import { tryPassword } from '@/lib/rate-limit/try-password';
import { failure } from '@/lib/result';
import { isProvedLately, noteProof } from '@/lib/sessions/proof';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Checks that the user has confirmed who they are in this session within ten minutes, or does so
 * now with the password in `typed`. Fails with `prove-password`, `prove-provider` where they have
 * no password, or at `proof` as confirmPassword does.
 */
export async function requireRecentProof(
  tenant: Tenant,
  { userId, sessionId }: { userId: string; sessionId: string },
  typed: string,
  cause: Cause,
) {
  if (await isProvedLately(tenant, sessionId)) return { ok: true } as const;
  const [policy, row] = await Promise.all([findPolicy(tenant), ownerOf(tenant, userId)]);
  if (!row?.hash || isPasswordHidden(policy, row)) return failure('prove-provider');
  if (!typed) return failure('prove-password');
  const confirmed = await confirmPassword(tenant, userId, typed, 'proof', cause);
  if (!confirmed.ok) return confirmed;
  await withTenant(tenant.id, (tx) => noteProof(tx, tenant.id, sessionId));
  return { ok: true } as const;
}

/**
 * Checks a signed-in user's password, on the same budget as signing in from this browser. Fails at
 * `field` with `wrong-password`, with `locked` and the minutes left, or with `password-hidden`.
 */
export async function confirmPassword(tenant: Tenant, userId: string, password: string, field: string, cause: Cause) {
  const [policy, row] = await Promise.all([findPolicy(tenant), ownerOf(tenant, userId)]);
  if (isPasswordHidden(policy, row)) return refuseHidden(tenant, 'authn_password_change_fail', cause, userId);
  const budget = await budgetAt(tenant, userId, cause.device);
  return tryPassword(tenant.id, { budget, userId }, async (attempt) => {
    const proof = await verifyPassword(row?.hash ?? null, password);
    return withTenant(tenant.id, async (tx) => {
      if (proof.ok) {
        await clearBudget(tx, tenant.id, 'password', budget);
        return { ok: true, hash: row?.hash ?? '' } as const;
      }
      const entry = { subjectId: userId, detail: { what: field === 'current' ? null : 'again' } };
      record(tx, tenant.id, cause, 'authn_password_change_fail', entry);
      if (attempt.locks) record(tx, tenant.id, cause, 'authn_login_lock', { subjectId: userId });
      return attempt.locks ? lockFailure(attempt) : failure('wrong-password', { field });
    });
  });
}

async function ownerOf(tenant: Tenant, userId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ emergency: users.emergency, hash: passwords.hash })
      .from(users)
      .leftJoin(passwords, and(eq(passwords.tenantId, users.tenantId), eq(passwords.userId, users.id)))
      .where(isUser(tenant.id, userId)),
  );
  return row;
}
