import { eq, sql } from 'drizzle-orm';
import { withoutTenant } from '@/db';
import { operatorSessions } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import type { Cause } from '@/lib/audit/record';
import { LIFETIMES } from '@/lib/lifetimes';
import { spendOperatorCode } from '@/lib/operators/second-factor';
import { budgetOf, clearBudget } from '@/lib/rate-limit/lockout';
import { tryCode } from '@/lib/rate-limit/try-code';
import { failure } from '@/lib/result';
import { inSeconds } from '@/lib/time';

/**
 * Lets a sensitive change through if the operator showed their second factor in this session within
 * ten minutes, or does so now with the code in `typed`. Fails with `prove-code`, and at `proof` as
 * a code at sign-in does.
 */
export async function requireRecentCode(
  { operatorId, sessionId }: { operatorId: string; sessionId: string },
  typed: string,
  cause: Cause,
) {
  if (await isProvedLately(sessionId)) return { ok: true } as const;
  if (!typed) return failure('prove-code');
  const proof = await tryCode({ id: PROVIDER }, operatorId, 'totp', cause, async (tx) => {
    const spent = await spendOperatorCode(tx, operatorId, typed);
    if (!spent.ok) return spent;
    await clearBudget(tx, PROVIDER, 'code', budgetOf(operatorId));
    await tx.update(operatorSessions).set({ provedAt: sql`now()` }).where(eq(operatorSessions.id, sessionId));
    return { ok: true } as const;
  });
  return proof.ok ? proof : { ...proof, field: 'proof' };
}

async function isProvedLately(sessionId: string) {
  const [row] = await withoutTenant((db) =>
    db
      .select({
        lately: sql<boolean>`coalesce(${operatorSessions.provedAt} > now() - make_interval(secs => ${inSeconds(LIFETIMES.proof)}), false)`,
      })
      .from(operatorSessions)
      .where(eq(operatorSessions.id, sessionId)),
  );
  return row?.lately ?? false;
}
