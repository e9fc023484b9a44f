import { eq, sql } from 'drizzle-orm';
import { withoutTenant } from '@/db';
import { operatorDevices, operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { hashToken, isToken, keyedDigest } from '@/lib/crypto';
import { budgetOf } from '@/lib/rate-limit/lockout';

/**
 * Returns the operator with a username or id, if there is one, and the budget for tries at the
 * password. A browser that the operator has signed in from before is `known` and has a budget of
 * its own; an unknown name has one too.
 */
export async function findOperatorBudget(
  who: { username: string } | { id: string },
  device: string | undefined,
): Promise<{ operator: typeof operators.$inferSelect | undefined; known: boolean; budget: Buffer }> {
  const hash = isToken(device) ? hashToken(device) : Buffer.alloc(32);
  const [row] = await withoutTenant((db) =>
    db
      .select({
        operator: operators,
        known: sql<boolean>`exists (select from ${operatorDevices} where ${operatorDevices.operatorId} = ${operators.id} and ${operatorDevices.tokenHash} = ${hash})`,
      })
      .from(operators)
      .where('id' in who ? eq(operators.id, who.id) : eq(operators.username, who.username)),
  );
  if (!row) {
    const name = 'id' in who ? who.id : who.username;
    return { operator: undefined, known: false, budget: keyedDigest('identifier', PROVIDER, name) };
  }
  const own = budgetOf(row.operator.id);
  return { ...row, budget: row.known ? Buffer.concat([own, hash]) : own };
}
