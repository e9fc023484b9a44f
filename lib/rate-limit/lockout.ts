import { and, eq, inArray, sql } from 'drizzle-orm';
import { statement, type Tx, withTenant } from '@/db';
import { devices, throttles } from '@/db/schema/sign-in';
import { hashToken, isToken } from '@/lib/crypto';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

type ThrottleKind = 'password' | 'code';

const KNOWN_USER_BYTES = 16;
const KNOWN_BROWSER_BYTES = 48;

/** The answer of `take_try`: five tries in fifteen minutes, then a lockout (OWASP ASVS 6.3.1). */
export type Try = {
  /** Locked: nothing was checked and nothing may be. */
  refused: boolean;
  /** This try may still be checked, but if it fails it is the one that locks. */
  locks: boolean;
  /** Minutes until the lockout ends, rounded up. */
  minutes: number | null;
};

/**
 * Takes one try before anything is checked, in a transaction of its own: a rollback must not give
 * it back.
 */
export async function takeTry(
  tenantId: string,
  kind: ThrottleKind,
  budget: Buffer,
  userId: string | null,
): Promise<Try> {
  const [row] = await statement<{ attempt: Try }>('select take_try($1::uuid, $2, $3, $4::uuid) as attempt', [
    tenantId,
    kind,
    budget,
    userId,
  ]);
  if (!row) throw new Error('no answer from take_try');
  return row.attempt;
}

/**
 * Gives one try back, with the lockout that it began: nothing was checked, so nothing counts.
 * A lockout that another try began stays.
 */
export async function returnTry(tenantId: string, kind: ThrottleKind, budget: Buffer, { locks }: Pick<Try, 'locks'>) {
  const unlocked = { lockedUntil: null, lockedAt: sql`${throttles.lockedBefore}`, lockedBefore: null };
  await withTenant(tenantId, (tx) =>
    tx
      .update(throttles)
      .set({ fails: sql`greatest(fails - 1, 0)`, ...(locks ? unlocked : {}) })
      .where(and(eq(throttles.tenantId, tenantId), eq(throttles.kind, kind), eq(throttles.keyDigest, budget))),
  );
}

/**
 * Clears a budget after a right answer; from a known browser also what strangers did to the user's.
 */
export async function clearBudget(tx: Tx, tenantId: string, kind: ThrottleKind, budget: Buffer) {
  const cleared = budget.length === KNOWN_BROWSER_BYTES ? [budget, budget.subarray(0, KNOWN_USER_BYTES)] : [budget];
  await tx
    .delete(throttles)
    .where(and(eq(throttles.tenantId, tenantId), eq(throttles.kind, kind), inArray(throttles.keyDigest, cleared)));
}

/** Clears every budget of a user, of every browser: an unlock, a reset. */
export async function clearBudgetsOf(tx: Tx, tenantId: string, userId: string, kind?: ThrottleKind) {
  await tx
    .delete(throttles)
    .where(
      and(eq(throttles.tenantId, tenantId), eq(throttles.userId, userId), kind ? eq(throttles.kind, kind) : undefined),
    );
}

/**
 * Returns the key of a user's own budget, from any browser: codes, and passwords from browsers not
 * known.
 */
export function budgetOf(userId: string) {
  return Buffer.from(userId.replaceAll('-', ''), 'hex');
}

/** Returns the key of a user's budget at one browser, chosen as `begin_sign_in` chooses it. */
export async function budgetAt(tenant: Pick<Tenant, 'id'>, userId: string, device: string | undefined) {
  if (!isToken(device)) return budgetOf(userId);
  const hash = hashToken(device);
  const known = await withTenant(tenant.id, (tx) =>
    tx.$count(devices, and(eq(devices.tenantId, tenant.id), eq(devices.userId, userId), eq(devices.tokenHash, hash))),
  );
  return known > 0 ? Buffer.concat([budgetOf(userId), hash]) : budgetOf(userId);
}

/** The failure that a refused or locking try is told as. */
export function lockFailure(attempt: Try) {
  return failure('locked', { minutes: attempt.minutes ?? 15 });
}
