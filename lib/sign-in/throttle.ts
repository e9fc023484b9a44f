import { and, eq, sql } from 'drizzle-orm';
import { statement, type Tx, withTenant } from '@/db';
import { devices, throttles } from '@/db/schema/sign-in';
import { hashToken, isToken } from '@/lib/crypto';

type ThrottleKind = 'password' | 'code';

/** The answer of `take_try`: five tries in fifteen minutes, then fifteen minutes of refusal (OWASP ASVS 6.3.1). */
export type Try = {
  /** Nothing was evaluated and nothing may be. */
  refused: boolean;
  /** This try may still be evaluated, but if it fails it is the one that locks. */
  locks: boolean;
  /** A hundred failures in a row: waiting does not help any more. */
  stopped: boolean;
  /** Minutes until the next try, rounded up. */
  minutes: number | null;
};

/** Promises that one try is taken from the budget before anything is checked. Commits by itself: a roll-back must not give it back. */
export async function takeTry(
  tenantId: string,
  kind: ThrottleKind,
  budget: Buffer,
  userId: string | null,
): Promise<Try> {
  const [row] = await statement<{ taken: Try }>('select take_try($1::uuid, $2, $3, $4::uuid) as taken', [
    tenantId,
    kind,
    budget,
    userId,
  ]);
  if (!row) throw new Error('no answer from take_try');
  return row.taken;
}

/** Gives one try back: nothing was checked, so nothing counts. */
export async function returnTry(tenantId: string, kind: ThrottleKind, budget: Buffer) {
  await withTenant(tenantId, (tx) =>
    tx
      .update(throttles)
      .set({ fails: sql`greatest(fails - 1, 0)`, streak: sql`greatest(streak - 1, 0)`, lockedUntil: null })
      .where(and(eq(throttles.tenantId, tenantId), eq(throttles.kind, kind), eq(throttles.keyDigest, budget))),
  );
}

/** Gives a budget back whole: the person has shown who he is. */
export async function clearBudget(tx: Tx, tenantId: string, kind: ThrottleKind, budget: Buffer) {
  await tx
    .delete(throttles)
    .where(and(eq(throttles.tenantId, tenantId), eq(throttles.kind, kind), eq(throttles.keyDigest, budget)));
}

/** Gives back every budget of a user, from whatever device: an unlock, a reset. */
export async function clearBudgetsOf(tx: Tx, tenantId: string, userId: string, kind?: ThrottleKind) {
  await tx
    .delete(throttles)
    .where(
      and(eq(throttles.tenantId, tenantId), eq(throttles.userId, userId), kind ? eq(throttles.kind, kind) : undefined),
    );
}

/** The budget of a user himself, wherever he asks from: codes, and passwords asked for again in Settings. */
export function budgetOf(userId: string) {
  return Buffer.from(userId.replaceAll('-', ''), 'hex');
}

/** The budget of a user at one browser: its own where he has signed in from it before, as `begin_sign_in` chooses it too. */
export async function budgetAt(tenantId: string, userId: string, device: string | undefined) {
  if (!isToken(device)) return budgetOf(userId);
  const hash = hashToken(device);
  const known = await withTenant(tenantId, (tx) =>
    tx.$count(devices, and(eq(devices.tenantId, tenantId), eq(devices.userId, userId), eq(devices.tokenHash, hash))),
  );
  return known > 0 ? Buffer.concat([budgetOf(userId), hash]) : budgetOf(userId);
}
