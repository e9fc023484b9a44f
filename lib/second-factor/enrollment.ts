import { sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { belongsToUser } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import { renewRecoveryCodes } from '@/lib/second-factor/recovery-codes';
import { checkCode, sealTotpSecret } from '@/lib/second-factor/totp';
import { minutes } from '@/lib/time';

/**
 * Checks the first code of a new secret, which is valid for five minutes. A code older than the
 * secret comes from a slow clock; once it has expired, it fails with `code-too-old`.
 */
export function checkFirstCode(secret: string, code: string, shownAt: Date, now = Date.now()) {
  const checked = checkCode(secret, code, 'enrolment', now);
  if (checked.ok || checked.error !== 'clock' || checked.direction === 'ahead') return checked;
  const codeTime = now - minutes(checked.minutes);
  return codeTime < shownAt.getTime() - minutes(1) ? checked : ({ ok: false, error: 'code-too-old' } as const);
}

/**
 * Makes a verified secret the live one within another change, with new recovery codes for
 * `sessionId` (see renewRecoveryCodes). The code's time step is spent.
 */
export async function activate(
  tx: Tx,
  tenantId: string,
  { userId, sessionId }: { userId: string; sessionId: string | null },
  { secret, step }: { secret: string; step: number },
  cause: Cause,
) {
  // A password sign-in under way waits for this lock, and then requires the second factor.
  await tx.execute(sql`select 1 from users where tenant_id = ${tenantId} and id = ${userId} for update`);
  const sealedSecret = sealTotpSecret(secret, tenantId, userId);
  const replaced = await tx.$count(totpSecrets, belongsToUser(totpSecrets, tenantId, userId));
  await tx
    .insert(totpSecrets)
    .values({ tenantId, userId, sealedSecret, lastStep: step })
    .onConflictDoUpdate({
      target: [totpSecrets.tenantId, totpSecrets.userId],
      set: { sealedSecret, lastStep: step, enrolledAt: sql`now()` },
    });
  await renewRecoveryCodes(tx, tenantId, userId, sessionId);
  await queueMail(tx, { tenantId, userId, mail: { kind: 'two-factor-on', at: new Date().toISOString() } });
  record(tx, tenantId, cause, 'authn_second_factor_enrol', {
    subjectId: userId,
    detail: { factor: 'totp', replaced: replaced > 0 },
  });
}
