import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { type Tx, withoutTenant } from '@/db';
import { operatorAttempts, operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import type { OpenedOperatorSession } from '@/lib/operators/sessions';
import { newTotpSecret, sealTotpSecret, unsealTotpSecret } from '@/lib/second-factor/totp';
import { inSeconds } from '@/lib/time';

export type OperatorFactor = 'totp' | 'recovery-code';

export type OperatorStep = 'code' | 'enroll' | 'new-password';

/** An operator's sign-in with a correct password that still lacks a step. */
export type OperatorAttempt = {
  id: string;
  operatorId: string;
  username: string;
  firstName: string;
  lastName: string;
  step: OperatorStep | 'done';
  /** What has been shown as second factor; null until then. */
  factor: OperatorFactor | null;
  /** The secret to enrol with, in base32, and when it was first shown. */
  secret: string | null;
  secretAt: Date | null;
  returnTo: string | null;
};

/** The next step of an operator's sign-in. `newCodes`: there are new recovery codes to show. */
export type NextOperatorStep = { ok: true } & (
  | (OpenedOperatorSession & { returnTo: string | null; newCodes: boolean })
  | { next: OperatorStep; attempt: { token: string; maxAge: number } }
);

/**
 * Opens an attempt after a correct password. Returns its token and next step. Ends earlier
 * enrollments.
 */
export async function openOperatorAttempt(tx: Tx, operatorId: string, enrolling: boolean, returnTo: string) {
  const token = randomToken();
  if (enrolling) await tx.delete(operatorAttempts).where(eq(operatorAttempts.operatorId, operatorId));
  await tx.insert(operatorAttempts).values({
    operatorId,
    tokenHash: hashToken(token),
    sealedSecret: enrolling ? sealTotpSecret(newTotpSecret(), PROVIDER, operatorId) : null,
    secretAt: enrolling ? sql`now()` : null,
    returnTo,
    expiresAt: sql`now() + make_interval(secs => ${inSeconds(LIFETIMES.attempt)})`,
  });
  return { next: enrolling ? 'enroll' : 'code', attempt: { token, maxAge: inSeconds(LIFETIMES.attempt) } } as const;
}

/** Returns the live attempt of a cookie with its next step, or undefined. */
export async function findOperatorAttempt(token: string | undefined) {
  if (!isToken(token)) return undefined;
  const found = await withoutTenant((db) => load(db, eq(operatorAttempts.tokenHash, hashToken(token))));
  return found?.step === 'enroll' && !found.secret ? ensureSecret(found) : found;
}

/** Returns the attempt, locked with its operator for the rest of the transaction. */
export async function lockOperatorAttempt(tx: Tx, { id, operatorId }: Pick<OperatorAttempt, 'id' | 'operatorId'>) {
  await tx.execute(sql`select 1 from operators where id = ${operatorId} for update`);
  await tx.execute(sql`select 1 from operator_attempts where id = ${id} for update`);
  return load(tx, eq(operatorAttempts.id, id));
}

async function load(db: Pick<Tx, 'select'>, which: ReturnType<typeof eq>): Promise<OperatorAttempt | undefined> {
  const [row] = await db
    .select({ attempt: operatorAttempts, operator: operators })
    .from(operatorAttempts)
    .innerJoin(operators, eq(operators.id, operatorAttempts.operatorId))
    .where(and(which, gt(operatorAttempts.expiresAt, sql`now()`), eq(operators.status, 'active')));
  if (!row) return undefined;
  const { attempt, operator } = row;
  return {
    id: attempt.id,
    operatorId: operator.id,
    username: operator.username,
    firstName: operator.firstName,
    lastName: operator.lastName,
    step: stepOf(attempt, operator),
    factor: attempt.factor,
    secret: attempt.sealedSecret && unsealTotpSecret(attempt.sealedSecret, PROVIDER, operator.id),
    secretAt: attempt.secretAt,
    returnTo: attempt.returnTo,
  };
}

/**
 * Returns the next step. The second factor is always required, then a temporary password is
 * replaced.
 */
function stepOf(
  { secondFactorAt }: typeof operatorAttempts.$inferSelect,
  { sealedSecret, temporaryUntil }: typeof operators.$inferSelect,
): OperatorAttempt['step'] {
  if (!secondFactorAt) return sealedSecret ? 'code' : 'enroll';
  return temporaryUntil === null ? 'done' : 'new-password';
}

/** Gives an attempt a secret to enroll with if the second factor was reset meanwhile. */
async function ensureSecret(attempt: OperatorAttempt) {
  return withoutTenant(async (db) => {
    await db
      .update(operatorAttempts)
      .set({ sealedSecret: sealTotpSecret(newTotpSecret(), PROVIDER, attempt.operatorId), secretAt: sql`now()` })
      .where(and(eq(operatorAttempts.id, attempt.id), isNull(operatorAttempts.sealedSecret)));
    return load(db, eq(operatorAttempts.id, attempt.id));
  });
}
