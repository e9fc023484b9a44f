import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { keyedDigest } from '@/lib/crypto';
import { type NextOperatorStep, openOperatorAttempt } from '@/lib/operators/attempt';
import { findOperatorBudget } from '@/lib/operators/budget';
import { verifyPassword } from '@/lib/passwords/hashing';
import { isOverlong } from '@/lib/passwords/text';
import { giveBackVolume, tenantBusy, tenantCounter, within } from '@/lib/rate-limit/limiter';
import { clearBudget, lockFailure, type Try } from '@/lib/rate-limit/lockout';
import { countInPostgres } from '@/lib/rate-limit/postgres';
import { tryPassword } from '@/lib/rate-limit/try-password';
import { failure } from '@/lib/result';
import { plainText } from '@/lib/text';

/** Counts tries at all operators' passwords from unknown browsers. */
const ALL_OPERATORS = tenantCounter('sign-in', 'operator');

/**
 * Checks an operator's password and returns an attempt that waits for the second factor, never a
 * session. Fails with `wrong`, whatever was wrong; `locked`, `too-many` and `tenant-busy` as for
 * users; `too-long`, unhashed.
 */
export async function signInOperator(input: { username: string; password: string; returnTo: string }, cause: Cause) {
  if (isOverlong(input.password)) return failure('too-long', { field: 'password' });
  return within('sign-in', ['operator', cause.address], () => checkOperator(input, cause));
}

async function checkOperator(input: Parameters<typeof signInOperator>[0], cause: Cause) {
  const username = plainText(input.username.normalize('NFC').trim().toLowerCase(), 320);
  const { operator, known, budget } = await findOperatorBudget({ username }, cause.device);
  const wait = known ? undefined : await countInPostgres([ALL_OPERATORS], 1);
  if (wait !== undefined) return tenantBusy(wait);
  const counters = known ? [] : [ALL_OPERATORS];
  const limited = { budget, userId: operator?.id ?? null, counters };
  const followed = await tryPassword(PROVIDER, limited, (attempt) =>
    verifyOperator({ operator, budget, username, attempt }, input, cause),
  );
  if (followed.ok && counters.length > 0) await countInPostgres(counters, -1);
  return followed;
}

type OperatorTry = {
  operator: typeof operators.$inferSelect | undefined;
  budget: Buffer;
  username: string;
  attempt: Try;
};

async function verifyOperator(
  { operator, budget, username, attempt }: OperatorTry,
  input: Parameters<typeof signInOperator>[0],
  cause: Cause,
) {
  const active = operator?.status === 'active' ? operator : undefined;
  const proof = await verifyPassword(active?.passwordHash ?? null, input.password);
  if (!active || !proof.ok) return refuse(operator?.id ?? null, username, attempt, cause);
  const next = await withTenant(PROVIDER, async (tx) => {
    if (!(await isStillCurrent(tx, active))) return undefined;
    await clearBudget(tx, PROVIDER, 'password', budget);
    return openOperatorAttempt(tx, active.id, active.sealedSecret === null, input.returnTo);
  });
  if (!next) return refuse(active.id, username, attempt, cause);
  await giveBackVolume('sign-in', 'operator', cause.address);
  return { ok: true, ...next } satisfies NextOperatorStep;
}

async function refuse(operatorId: string | null, username: string, attempt: Try, cause: Cause) {
  // A password typed into the wrong field must not be kept, so unknown names are kept as a digest.
  const detail: AuditDetail = operatorId
    ? {}
    : { identifier: keyedDigest('identifier', PROVIDER, username).toString('hex').slice(0, 16) };
  await withTenant(PROVIDER, async (tx) => {
    const entry = { subjectId: operatorId, detail: { factor: 'password', ...detail } };
    record(tx, PROVIDER, cause, 'authn_login_fail', entry);
    if (attempt.locks) record(tx, PROVIDER, cause, 'authn_login_lock', entry);
  });
  return attempt.locks ? lockFailure(attempt) : failure('wrong');
}

/**
 * Locks the operator. Returns whether the checked password is still theirs; spends a temporary one.
 */
async function isStillCurrent(tx: Tx, { id, passwordHash, temporaryUntil }: typeof operators.$inferSelect) {
  const rows = await tx
    .update(operators)
    .set({ temporaryUntil: temporaryUntil && sql`'-infinity'` })
    .where(
      and(
        eq(operators.id, id),
        eq(operators.status, 'active'),
        eq(operators.passwordHash, passwordHash),
        temporaryUntil ? sql`${operators.temporaryUntil} > now()` : undefined,
      ),
    )
    .returning({ id: operators.id });
  return rows.length === 1;
}
