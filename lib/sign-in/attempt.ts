import { and, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { attempts } from '@/db/schema/sign-in';
import { users } from '@/db/schema/users';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import type { Policy } from '@/lib/policies/policy';
import { newTotpSecret, sealTotpSecret, unsealTotpSecret } from '@/lib/second-factor/totp';
import type { Factor } from '@/lib/sessions/find';
import type { ProviderProof } from '@/lib/sign-in/complete';
import { nextStep, type Step } from '@/lib/sign-in/next-step';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/**
 * A sign-in that has shown its first proof and still lacks something. It lives ten minutes and
 * opens nothing.
 */
export type Attempt = {
  id: string;
  userId: string;
  firstName: string;
  username: string;
  step: Exclude<Step, 'done'> | 'done';
  newPasswordRequired: boolean;
  factor: Factor | null;
  /** The identity provider that stood for the password, where one did. */
  provider: ProviderProof | null;
  /** The secret to enrol with, in base32, and when it was first shown. */
  secret: string | null;
  secretAt: Date | null;
  returnTo: string | null;
};

/**
 * Opens an attempt after a proved password or a provider's answer, and returns its token. A new
 * enrollment ends the user's earlier ones.
 */
export async function openAttempt(
  tx: Tx,
  tenantId: string,
  userId: string,
  start: {
    step: Step;
    newPasswordRequired: boolean;
    returnTo: string | null;
    provider?: ProviderProof;
    factor?: 'provider' | null;
  },
) {
  const enrolling = start.step === 'enroll';
  if (enrolling) {
    await tx
      .delete(attempts)
      .where(and(eq(attempts.tenantId, tenantId), eq(attempts.userId, userId), isNotNull(attempts.sealedSecret)));
  }
  const token = randomToken();
  const [row] = await tx
    .insert(attempts)
    .values({
      tenantId,
      userId,
      tokenHash: hashToken(token),
      passwordAt: start.provider ? null : sql`now()`,
      factor: start.factor,
      connectionId: start.provider?.connectionId,
      ssoSubject: start.provider?.subject,
      ssoIndex: start.provider?.index,
      sealedHint: start.provider?.sealedHint,
      newPasswordRequired: start.newPasswordRequired ? 'temporary' : null,
      sealedSecret: enrolling ? sealTotpSecret(newTotpSecret(), tenantId, userId) : null,
      secretAt: enrolling ? sql`now()` : null,
      returnTo: start.returnTo,
      expiresAt: sql`now() + make_interval(secs => ${inSeconds(LIFETIMES.attempt)})`,
    })
    .returning({ id: attempts.id });
  if (!row) throw new Error('no attempt was opened');
  return { id: row.id, token };
}

/**
 * Returns the live attempt of a cookie, with the step that the current policy asks for, or
 * undefined.
 */
export async function findAttempt(
  tenant: Tenant,
  policy: Policy,
  token: string | undefined,
): Promise<Attempt | undefined> {
  if (!isToken(token)) return undefined;
  return withTenant(tenant.id, (tx) => loadAttempt(tx, tenant.id, policy, eq(attempts.tokenHash, hashToken(token))));
}

/**
 * Returns the attempt locked for the rest of the transaction, so that only one request finishes it.
 */
export async function lockAttempt(tx: Tx, tenantId: string, policy: Policy, id: string) {
  // The user's row first, the order of every other change, to avoid a deadlock.
  await tx.execute(sql`select 1 from users where tenant_id = ${tenantId} and id =
    (select user_id from attempts where tenant_id = ${tenantId} and id = ${id}) for update`);
  await tx.execute(sql`select 1 from attempts where tenant_id = ${tenantId} and id = ${id} for update`);
  return loadAttempt(tx, tenantId, policy, eq(attempts.id, id));
}

async function loadAttempt(
  tx: Tx,
  tenantId: string,
  policy: Policy,
  which: ReturnType<typeof eq>,
): Promise<Attempt | undefined> {
  const [row] = await tx
    .select({
      attempt: attempts,
      firstName: users.firstName,
      username: users.username,
      secondFactorRequired: users.secondFactorRequired,
      hasSecondFactor: sql<boolean>`exists (select from ${totpSecrets} where ${totpSecrets.tenantId} = ${attempts.tenantId} and ${totpSecrets.userId} = ${attempts.userId})`,
    })
    .from(attempts)
    .innerJoin(users, and(eq(users.tenantId, attempts.tenantId), eq(users.id, attempts.userId)))
    .where(
      and(
        eq(attempts.tenantId, tenantId),
        which,
        gt(attempts.expiresAt, sql`now()`),
        eq(users.status, 'active'),
        // Passwords may have been hidden since this one was shown.
        policy.passwordHidden ? or(isNotNull(attempts.connectionId), eq(users.emergency, true)) : undefined,
      ),
    );
  if (!row) return undefined;
  const { attempt } = row;
  const newPasswordRequired = attempt.newPasswordRequired !== null;
  const provider = providerOf(attempt);
  return {
    id: attempt.id,
    userId: attempt.userId,
    firstName: row.firstName,
    username: row.username,
    step: nextStep(
      policy,
      { hasSecondFactor: row.hasSecondFactor, secondFactorRequired: row.secondFactorRequired },
      {
        secondFactor: attempt.secondFactorAt !== null,
        newPasswordRequired,
        provider: provider && { factor: attempt.factor === 'provider' ? 'provider' : null },
      },
    ),
    newPasswordRequired,
    factor: attempt.factor,
    provider,
    secret: attempt.sealedSecret && unsealTotpSecret(attempt.sealedSecret, tenantId, attempt.userId),
    secretAt: attempt.secretAt,
    returnTo: attempt.returnTo,
  };
}

function providerOf(attempt: typeof attempts.$inferSelect): ProviderProof | null {
  const { connectionId, ssoSubject, ssoIndex, sealedHint } = attempt;
  if (connectionId === null || ssoSubject === null) return null;
  // What ends an attempt is a code of ours, which is the proof then.
  return { connectionId, subject: ssoSubject, index: ssoIndex, sealedHint, authenticatedAt: null };
}

/**
 * Gives an attempt a secret to enrol with where it has none: the policy was tightened, or the
 * factor reset, under way. Of two tabs one makes it.
 */
export async function ensureSecret(tenant: Tenant, policy: Policy, attempt: Attempt) {
  if (attempt.secret) return attempt;
  const sealedSecret = sealTotpSecret(newTotpSecret(), tenant.id, attempt.userId);
  return withTenant(tenant.id, async (tx) => {
    const mine = and(eq(attempts.tenantId, tenant.id), eq(attempts.id, attempt.id));
    await tx
      .update(attempts)
      .set({ sealedSecret, secretAt: sql`now()` })
      .where(and(mine, isNull(attempts.sealedSecret)));
    return (await loadAttempt(tx, tenant.id, policy, eq(attempts.id, attempt.id))) ?? attempt;
  });
}

/**
 * Notes a second factor on the attempt and gives it a new token, so that no step shares one with
 * the step before.
 */
export async function noteSecondFactor(tx: Tx, tenantId: string, id: string, factor: 'totp' | 'recovery-code') {
  const token = randomToken();
  await tx
    .update(attempts)
    .set({ secondFactorAt: sql`now()`, factor, sealedSecret: null, tokenHash: hashToken(token) })
    .where(and(eq(attempts.tenantId, tenantId), eq(attempts.id, id)));
  return token;
}

export async function closeAttempt(tx: Tx, tenantId: string, id: string) {
  await tx.delete(attempts).where(and(eq(attempts.tenantId, tenantId), eq(attempts.id, id)));
}
