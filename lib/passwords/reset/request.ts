import { and, eq, gt, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { passwordResets } from '@/db/schema/one-time';
import { devices } from '@/db/schema/sign-in';
import { belongsToUser, isUser, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, newOneTimeToken } from '@/lib/crypto';
import { mailFailure } from '@/lib/emails/limits';
import { queueMail } from '@/lib/emails/queue';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import type { Policy } from '@/lib/policies/policy';
import { addJob } from '@/lib/queue/queue';
import { within } from '@/lib/rate-limit/limiter';
import { parseIdentifier } from '@/lib/tenants/identifier';
import type { Tenant } from '@/lib/tenants/tenants';

/** The most reset mails for a user in an hour. */
const MAILS_PER_HOUR = 3;

/** `known`: the user has signed in from this browser before. */
export type ResetRequestJob = { tenantId: string; userId: string | null; known?: boolean; cause: Cause };

/**
 * Queues a reset for the user of an identifier. Answers the same, in the same time, for unknown
 * ones. Fails only with `too-many` for a busy address.
 */
export async function requestReset(tenant: Tenant, identifier: string, cause: Cause) {
  return within('reset', [tenant.id, cause.address], async () => {
    await queueRequest(tenant, parseIdentifier(identifier, tenant), cause);
    return { ok: true } as const;
  });
}

function queueRequest(tenant: Tenant, identified: ReturnType<typeof parseIdentifier>, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const [user] = await tx
      .select({ id: users.id, known: isKnownBrowser(cause.device) })
      .from(users)
      .where(
        and(
          eq(users.tenantId, tenant.id),
          identified.extension
            ? eq(users.extension, identified.extension)
            : eq(users.username, identified.username ?? ''),
        ),
      );
    const job: ResetRequestJob = {
      tenantId: tenant.id,
      userId: user?.id ?? null,
      known: user?.known,
      cause: { ...cause, device: undefined },
    };
    await addJob(tx, 'reset-request', job);
  });
}

/**
 * Mails the link to an active user with an address, at most three an hour; older links stop
 * working.
 */
export async function runResetRequest(tenant: Tenant, policy: Policy, job: ResetRequestJob) {
  if (!job.userId || tenant.status !== 'active') return;
  const userId = job.userId;
  await withTenant(tenant.id, async (tx) => {
    const [user] = await tx
      .select({ email: users.email, emergency: users.emergency })
      .from(users)
      .where(and(isUser(tenant.id, userId), eq(users.status, 'active')))
      .for('update');
    if (!user?.email) return;
    if (isPasswordHidden(policy, user)) {
      record(tx, tenant.id, job.cause, 'authn_password_reset_fail', {
        subjectId: userId,
        detail: { reason: 'password-hidden' },
      });
      return;
    }
    const recent = await tx.$count(
      passwordResets,
      and(
        belongsToUser(passwordResets, tenant.id, userId),
        gt(passwordResets.createdAt, sql`now() - interval '1 hour'`),
      ),
    );
    if (recent >= MAILS_PER_HOUR) return;
    const resetId = await openReset(tx, tenant.id, userId, policy.resetStyle);
    await queueMail(tx, { tenantId: tenant.id, userId, mail: { kind: 'reset-link', resetId } }, { known: job.known });
    record(tx, tenant.id, job.cause, 'authn_password_reset_request', {
      subjectId: userId,
      detail: { style: policy.resetStyle },
    });
    return undefined;
    // The form has already answered, the same for every input.
  }).catch(mailFailure());
}

function isKnownBrowser(device: string | undefined) {
  const hash = isToken(device) ? hashToken(device) : Buffer.alloc(0);
  return sql<boolean>`exists (select from ${devices} where ${devices.tenantId} = ${users.tenantId} and ${devices.userId} = ${users.id} and ${devices.tokenHash} = ${hash})`;
}

/** Creates a reset and returns its id; older resets of the user are spent. */
export async function openReset(tx: Tx, tenantId: string, userId: string, style: Policy['resetStyle']) {
  await tx
    .update(passwordResets)
    .set({ usedAt: sql`now()` })
    .where(and(belongsToUser(passwordResets, tenantId, userId), sql`${passwordResets.usedAt} is null`));
  const [row] = await tx
    .insert(passwordResets)
    .values({ tenantId, userId, style, ...newOneTimeToken('reset') })
    .returning({ id: passwordResets.id });
  if (!row) throw new Error('no reset was made');
  return row.id;
}
