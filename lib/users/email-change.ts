import { and, eq, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { emailChanges, passwordResets } from '@/db/schema/one-time';
import { belongsToUser, isUser, users } from '@/db/schema/users';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, newOneTimeToken } from '@/lib/crypto';
import { mailFailure } from '@/lib/emails/limits';
import { queueMail } from '@/lib/emails/queue';
import { LIFETIMES } from '@/lib/lifetimes';
import { confirmPassword } from '@/lib/passwords/step-up';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';
import { isEmail } from '@/lib/users/form';

/**
 * Mails a confirmation link to a new address after checking the password; the address changes once
 * the link is opened. Fails at `email` or `password`.
 */
export async function requestEmailChange(
  tenant: Tenant,
  userId: string,
  input: { email: string; password: string },
  cause: Cause,
) {
  const email = input.email.trim();
  if (!isEmail(email)) return failure('email', { field: 'email' });
  const confirmed = await confirmPassword(tenant, userId, input.password, 'password', cause);
  if (!confirmed.ok) return confirmed;
  const token = newOneTimeToken('email-change');
  return withTenant(tenant.id, async (tx) => {
    const change = { email, createdAt: sql`now()`, ...token };
    const [row] = await tx
      .insert(emailChanges)
      .values({ tenantId: tenant.id, userId, ...change })
      .onConflictDoUpdate({ target: [emailChanges.tenantId, emailChanges.userId], set: change })
      .returning({ createdAt: emailChanges.createdAt });
    if (!row) throw new Error('no e-mail change was made');
    const mail = { kind: 'email-confirm', tokenHash: token.tokenHash.toString('base64url') } as const;
    await queueMail(tx, { tenantId: tenant.id, userId, mail, to: email }, { senderId: userId });
    record(tx, tenant.id, cause, 'user_email_change_request', { subjectId: userId });
    return { ok: true } as const;
  }).catch(mailFailure('email'));
}

/** Returns the address that is not confirmed yet, or undefined. */
export async function pendingEmail(tenant: Tenant, userId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ email: emailChanges.email })
      .from(emailChanges)
      .where(and(belongsToUser(emailChanges, tenant.id, userId), isUnexpired)),
  );
  return row?.email;
}

/** Returns the change that a link confirms, without spending it, or undefined. */
export async function findEmailLink(tenant: Tenant, token: string | undefined) {
  if (!isToken(token)) return undefined;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx.select({ email: emailChanges.email }).from(emailChanges).where(isGoodLink(tenant.id, token)),
  );
  return row;
}

/**
 * Spends a link and changes the address. Links mailed to the old address stop working, and it is
 * notified. Fails with `link-dead`.
 */
export async function confirmEmailChange(tenant: Tenant, token: string | undefined, cause: Cause) {
  if (!isToken(token)) return failure('link-dead');
  return withTenant(tenant.id, async (tx) => {
    const [change] = await tx.delete(emailChanges).where(isGoodLink(tenant.id, token)).returning();
    if (!change) return failure('link-dead');
    const owner = and(isUser(tenant.id, change.userId), eq(users.status, 'active'));
    const [before] = await tx.select({ email: users.email }).from(users).where(owner).for('update');
    if (!before) return failure('link-dead');
    await tx.update(users).set({ email: change.email }).where(owner);
    await tx.delete(passwordResets).where(belongsToUser(passwordResets, tenant.id, change.userId));
    if (before.email) {
      const mail = { kind: 'email-changed', at: new Date().toISOString() } as const;
      await queueMail(tx, { tenantId: tenant.id, userId: change.userId, mail, to: before.email });
    }
    record(tx, tenant.id, { ...cause, actorId: change.userId }, 'user_email_change', {
      subjectId: change.userId,
      detail: changesBetween(before, { email: change.email }),
    });
    return { ok: true } as const;
  });
}

const isUnexpired = sql`${emailChanges.createdAt} > now() - make_interval(secs => ${inSeconds(LIFETIMES.emailChangeLink)})`;

function isGoodLink(tenantId: string, token: string) {
  return and(eq(emailChanges.tenantId, tenantId), eq(emailChanges.tokenHash, hashToken(token)), isUnexpired);
}
