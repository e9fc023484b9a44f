import { sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { passwordResets } from '@/db/schema/one-time';
import { type Cause, record } from '@/lib/audit/record';
import { newOneTimeToken } from '@/lib/crypto';
import { mailFailure } from '@/lib/emails/limits';
import { queueMail } from '@/lib/emails/queue';
import { LIFETIMES } from '@/lib/lifetimes';
import { hashPassword } from '@/lib/passwords/hashing';
import { openResetLink, spendLink } from '@/lib/passwords/reset/find-link';
import { endPasswordSessions, storePassword } from '@/lib/passwords/set';
import { temporaryPasswordFrom } from '@/lib/passwords/temporary';
import type { Policy } from '@/lib/policies/policy';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Spends a reset link and mails a temporary password, which only allows choosing a new one.
 * Sessions and lockouts end. Fails with `link-dead`, `too-many-mails`.
 */
export async function issueTemporaryPassword(tenant: Tenant, policy: Policy, token: string | undefined, cause: Cause) {
  const reset = await openResetLink(tenant, policy, token, cause);
  if (!token || reset?.style !== 'temporary') return failure('link-dead');
  const made = newOneTimeToken('temporary-password');
  const hash = await hashPassword(temporaryPasswordFrom(made));
  return withTenant(tenant.id, async (tx) => {
    if (!(await spendLink(tx, tenant.id, reset, token, cause))) return failure('link-dead');
    await storePassword(tx, tenant.id, reset.userId, hash, LIFETIMES.emailedPassword);
    const ended = await endPasswordSessions(tx, tenant.id, reset.userId);
    await mailTemporaryPassword(tx, tenant.id, reset.userId, made);
    record(tx, tenant.id, cause, 'authn_temporary_password_issue', {
      subjectId: reset.userId,
      detail: { by: 'mail', ended },
    });
    return { ok: true } as const;
  }).catch(mailFailure());
}

/** Stores what the mail makes the password from, as a spent reset that no link opens. */
async function mailTemporaryPassword(
  tx: Tx,
  tenantId: string,
  userId: string,
  made: ReturnType<typeof newOneTimeToken>,
) {
  const [row] = await tx
    .insert(passwordResets)
    .values({ tenantId, userId, style: 'temporary', usedAt: sql`now()`, ...made })
    .returning({ id: passwordResets.id });
  if (row) await queueMail(tx, { tenantId, userId, mail: { kind: 'temporary-password', resetId: row.id } });
}
