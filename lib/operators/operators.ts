import { and, asc, eq, ne, sql } from 'drizzle-orm';
import { type Tx, withoutTenant, withTenant } from '@/db';
import { operators } from '@/db/schema/operators';
import { throttles } from '@/db/schema/sign-in';
import type { AuditEvent } from '@/lib/audit/events';
import { PROVIDER } from '@/lib/audit/provider';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { newOneTimeToken } from '@/lib/crypto';
import { isSameId } from '@/lib/ids';
import { LIFETIMES } from '@/lib/lifetimes';
import { checkPasswordOf } from '@/lib/operators/password';
import { endAllOfOperator } from '@/lib/operators/sessions';
import { hashPassword } from '@/lib/passwords/hashing';
import { temporaryPasswordFrom } from '@/lib/passwords/temporary';
import { clearBudgetsOf } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import { removeRecoveryCodes } from '@/lib/second-factor/recovery-codes';
import { inSeconds } from '@/lib/time';
import { checkName } from '@/lib/users/form';

const USERNAME = /^[a-z][a-z0-9._@+-]{1,63}$/;

type NewOperator = { username: string; firstName: string; lastName: string };

/**
 * Creates an operator. `password` comes from the command line and must follow the rules; without it
 * a temporary password is returned, to be shown once. The first sign-in enrolls a second factor.
 * Fails with `username`, `taken`, as checkName does, or at `password`.
 */
export async function createOperator(input: NewOperator & { password?: string }, cause: Cause) {
  const username = input.username.trim().toLowerCase();
  if (!USERNAME.test(username)) return failure('username', { field: 'username' });
  const operator = { username, firstName: input.firstName.trim(), lastName: input.lastName.trim() };
  const misnamed = checkName(operator.firstName, 'firstName') ?? checkName(operator.lastName, 'lastName');
  if (misnamed) return misnamed;
  if (input.password !== undefined) {
    const verdict = await checkPasswordOf(operator, input.password);
    if (!verdict.ok) return verdict;
  }
  const temporaryPassword = input.password === undefined ? newTemporaryPassword() : undefined;
  const passwordHash = await hashPassword(input.password ?? temporaryPassword ?? '');
  return withTenant(PROVIDER, async (tx) => {
    const [made] = await tx
      .insert(operators)
      .values({ ...operator, passwordHash, temporaryUntil: temporaryPassword ? temporaryUntil() : null })
      .onConflictDoNothing()
      .returning({ id: operators.id });
    if (!made) return failure('taken', { field: 'username' });
    record(tx, PROVIDER, cause, 'user_create', {
      subjectId: made.id,
      detail: { role: 'operator', username },
    });
    return { ok: true, id: made.id, temporaryPassword } as const;
  });
}

/** Returns every operator by name, for the console. */
export async function listOperators() {
  return withTenant(PROVIDER, (tx) =>
    tx
      .select({
        id: operators.id,
        username: operators.username,
        firstName: operators.firstName,
        lastName: operators.lastName,
        status: operators.status,
        secondFactor: sql<boolean>`${operators.sealedSecret} is not null`,
        lastSignInAt: operators.lastSignInAt,
        lastSignInAddress: operators.lastSignInAddress,
        createdAt: operators.createdAt,
        locked: sql<boolean>`exists (select from ${throttles} where ${throttles.tenantId} = ${PROVIDER} and ${throttles.userId} = ${operators.id} and ${throttles.lockedUntil} > now())`,
      })
      .from(operators)
      .orderBy(asc(operators.lastName), asc(operators.firstName), asc(operators.id)),
  );
}

/** Returns one operator, or undefined. */
export async function findOperator(id: string) {
  return (await listOperators()).find((operator) => isSameId(operator.id, id));
}

/** Returns the operator with a username, for the command line and the demonstration. */
export async function findOperatorByUsername(username: string) {
  const [row] = await withoutTenant((db) =>
    db
      .select({ id: operators.id, username: operators.username, status: operators.status })
      .from(operators)
      .where(eq(operators.username, username.trim().toLowerCase())),
  );
  return row;
}

/** Disables another operator and ends the sessions. Fails with `yourself` and `last-operator`. */
export function disableOperator(id: string, cause: Cause) {
  return onColleague(id, cause, 'user_disable', async (tx) => {
    const others = await tx
      .select({ id: operators.id })
      .from(operators)
      .where(and(eq(operators.status, 'active'), ne(operators.id, id)))
      .for('update');
    if (others.length === 0) return failure('last-operator');
    await tx.update(operators).set({ status: 'disabled' }).where(eq(operators.id, id));
    return { 'old.status': 'active', 'new.status': 'disabled', ended: await endAllOfOperator(tx, id) };
  });
}

/** Lets a colleague in again. */
export function enableOperator(id: string, cause: Cause) {
  return onColleague(id, cause, 'user_enable', async (tx) => {
    await tx.update(operators).set({ status: 'active' }).where(eq(operators.id, id));
    return { 'old.status': 'disabled', 'new.status': 'active' };
  });
}

/**
 * Removes another operator's second factor and recovery codes and ends the sessions; the next
 * sign-in enrolls again. Fails with `yourself`.
 */
export function resetOperatorSecondFactor(id: string, cause: Cause) {
  return onColleague(id, cause, 'authn_second_factor_reset', async (tx) => {
    await tx
      .update(operators)
      .set({
        sealedSecret: null,
        lastStep: 0,
        toldStep: null,
        enrolledAt: null,
        sealedNewCodes: null,
        newCodesAt: null,
      })
      .where(eq(operators.id, id));
    await removeRecoveryCodes(tx, PROVIDER, id);
    await clearBudgetsOf(tx, PROVIDER, id, 'code');
    return { ended: await endAllOfOperator(tx, id) };
  });
}

/** Gives back every try of a colleague. */
export function unlockOperator(id: string, cause: Cause) {
  return onColleague(id, cause, 'authn_unlock', async (tx) => {
    await clearBudgetsOf(tx, PROVIDER, id);
  });
}

/**
 * Returns a new temporary password for another operator, shown once and good for one use within a
 * day. Ends the sessions. Fails with `yourself`.
 */
export async function resetOperatorPassword(id: string, cause: Cause) {
  const temporaryPassword = newTemporaryPassword();
  const passwordHash = await hashPassword(temporaryPassword);
  const done = await onColleague(id, cause, 'authn_temporary_password_issue', async (tx) => {
    await tx
      .update(operators)
      .set({ passwordHash, passwordChangedAt: sql`now()`, temporaryUntil: temporaryUntil() })
      .where(eq(operators.id, id));
    await clearBudgetsOf(tx, PROVIDER, id, 'password');
    return { by: 'operator', ended: await endAllOfOperator(tx, id) };
  });
  return done.ok ? { ...done, temporaryPassword } : done;
}

/** Changes another operator and records it, with the row locked. Fails with `not-found`. */
async function onColleague(
  id: string,
  cause: Cause,
  event: AuditEvent,
  change: (tx: Tx) => Promise<AuditDetail | ReturnType<typeof failure<'last-operator'>> | undefined | undefined>,
) {
  if (isSameId(id, cause.actorId)) return failure('yourself');
  return withTenant(PROVIDER, async (tx) => {
    // All of them in one order, so that two who disable each other do not both succeed.
    const all = await tx.select({ id: operators.id }).from(operators).orderBy(asc(operators.id)).for('update');
    if (!all.some((operator) => isSameId(operator.id, id))) return failure('not-found');
    const detail = await change(tx);
    if (detail && 'ok' in detail) return failure('last-operator');
    record(tx, PROVIDER, cause, event, { subjectId: id, detail: detail ?? {} });
    return { ok: true } as const;
  });
}

function newTemporaryPassword() {
  return temporaryPasswordFrom(newOneTimeToken('temporary-password'));
}

function temporaryUntil() {
  return sql`now() + make_interval(secs => ${inSeconds(LIFETIMES.readOutPassword)})`;
}
