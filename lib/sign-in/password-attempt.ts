import { and, eq, sql } from 'drizzle-orm';
import { statement, withTenant } from '@/db';
import { passwords } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { hashToken, isToken } from '@/lib/crypto';
import { log } from '@/lib/log';
import { hashPassword, verifyPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { isOutside } from '@/lib/policies/networks';
import type { Policy } from '@/lib/policies/policy';
import { giveBackVolume, tenantBusy, tenantCounter, tooMany } from '@/lib/rate-limit/limiter';
import { lockFailure, returnTry, type Try } from '@/lib/rate-limit/lockout';
import { type Counter, countInPostgres } from '@/lib/rate-limit/postgres';
import { isHanging, isUnavailable } from '@/lib/result';
import { parseIdentifier } from '@/lib/tenants/identifier';
import type { Tenant } from '@/lib/tenants/tenants';

export type PasswordInput = {
  identifier: string;
  password: string;
  returnTo: string | null;
};

export type StartedAttempt = {
  try: Try;
  budget: string;
  /** Whether the user has signed in from this browser before. */
  known: boolean;
  user: {
    id: string;
    email: string | null;
    emergency: boolean;
    hasSecondFactor: boolean;
    secondFactorRequired: boolean;
    remembered: boolean;
  } | null;
  subject: string | null;
  hash: string | null;
  changedAt: string | null;
  temporary: boolean;
  expired: boolean;
};

/**
 * Takes a try and hashes. Fails as signInWithPassword does, unhashed, where there is none to take.
 */
export async function verifyAttempt(
  tenant: Tenant,
  policy: Policy,
  input: PasswordInput,
  counters: Counter[],
  cause: Cause,
) {
  const { address, device } = cause;
  const answer = await startAttempt(tenant, input, device, counters);
  if ('retryAfter' in answer) return (answer.full === 'tenant' ? tenantBusy : tooMany)(answer.retryAfter);
  const outside = await isOutside(policy, address);
  const attempt = forEmergency(policy, answer, outside);
  if (attempt.try.refused) return lockFailure(attempt.try);
  const budget = Buffer.from(attempt.budget, 'base64');
  const proof = await verifyPassword(attempt.user && attempt.hash, input.password).catch(
    returnAttempt(tenant.id, attempt, counters, address),
  );
  if (proof.corrupt)
    log().error({ alert: 'stored password hash is corrupt', tenant: tenant.slug, user: attempt.subject });
  return { attempt, budget, outside, proof };
}

/**
 * Returns what gives back all that an attempt took which failed because of us, and throws the
 * failure again.
 */
export function returnAttempt(tenantId: string, attempt: StartedAttempt, counters: Counter[], address: string) {
  return async (error: unknown): Promise<never> => {
    const ofTenant = attempt.known ? [] : [tenantCounter('sign-in', tenantId)];
    const returned = Promise.allSettled([
      returnTry(tenantId, 'password', Buffer.from(attempt.budget, 'base64'), attempt.try),
      countInPostgres([...counters, ...ofTenant], -1),
      counters.length > 0 ? undefined : giveBackVolume('sign-in', tenantId, address),
    ]);
    // If the database does not answer, do not wait for it again.
    if (!isHanging(error)) await returned;
    throw error;
  };
}

async function startAttempt(tenant: Tenant, input: PasswordInput, device: string | undefined, counters: Counter[]) {
  const who = parseIdentifier(input.identifier, tenant);
  const [row] = await statement<{ attempt: StartedAttempt | { retryAfter: number; full: 'address' | 'tenant' } }>(
    'select begin_sign_in($1::uuid, $2, $3, $4, $5, $6::text::json, $7::text::json) as attempt',
    [
      tenant.id,
      who.username,
      who.extension,
      who.unknownKey,
      isToken(device) ? hashToken(device) : null,
      JSON.stringify(counters),
      JSON.stringify([tenantCounter('sign-in', tenant.id)]),
    ],
  );
  if (!row) throw new Error('no answer from begin_sign_in');
  return row.attempt;
}

/**
 * Removes the hash of users who must not sign in by password here, so that they cost the same work
 * as unknown users: all but emergency accounts, while passwords are hidden or outside the allowed
 * networks.
 */
function forEmergency(policy: Policy, attempt: StartedAttempt, outside: boolean): StartedAttempt {
  const none = isPasswordHidden(policy, attempt.user) || (outside && !attempt.user?.emergency);
  return none ? { ...attempt, user: null, hash: null } : attempt;
}

/**
 * Keeps the password under today's parameters. Where nobody has time for it now, it waits for the
 * next time.
 */
export async function upgradeHash(
  tenant: Pick<Tenant, 'id'>,
  userId: string,
  changedAt: string | null,
  password: string,
) {
  try {
    const hash = await hashPassword(password);
    await withTenant(tenant.id, (tx) =>
      tx
        .update(passwords)
        .set({ hash })
        .where(checkedPassword(tenant.id, userId, changedAt)),
    );
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
}

export function checkedPassword(tenantId: string, userId: string, changedAt: string | null) {
  return and(
    eq(passwords.tenantId, tenantId),
    eq(passwords.userId, userId),
    eq(passwords.changedAt, sql`${changedAt}::timestamptz`),
  );
}
