import { and, eq, gt, isNotNull, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { attempts } from '@/db/schema/sign-in';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import { verifyPassword } from '@/lib/passwords/hashing';
import { findPolicy } from '@/lib/policies/find';
import type { Policy } from '@/lib/policies/policy';
import { giveBackVolume, within } from '@/lib/rate-limit/limiter';
import { failure } from '@/lib/result';
import { lockAttempt } from '@/lib/sign-in/attempt';
import { finishAttempt } from '@/lib/sign-in/finish-second-factor';
import { mayRemember } from '@/lib/sign-in/next-step';
import { isRemembered } from '@/lib/sign-in/remembered';
import { type NextSignInStep, signInWithPassword } from '@/lib/sign-in/with-password';
import { splitExtensionUsername } from '@/lib/tenants/host';
import { findTenant, type Tenant, tenantOrigin } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/**
 * Checks `201-wickedsprockets` and its password on the root domain, and returns a one-time token of
 * 60 seconds that the browser posts to the tenant's own host, where the session opens. Fails as
 * signInWithPassword does.
 */
export async function signInFromRoot({ username, password }: { username: string; password: string }, cause: Cause) {
  return within('find', ['root', cause.address], () => checkAtRoot(username, password, cause));
}

async function checkAtRoot(username: string, password: string, cause: Cause) {
  const parts = splitExtensionUsername(username);
  const tenant = parts && (await findTenant(parts.slug));
  if (tenant?.status !== 'active') {
    await verifyPassword(null, password);
    return failure('wrong');
  }
  const input = { identifier: username, password, returnTo: null };
  // The root domain's cookies say nothing about this browser at the tenant.
  const unknown = { ...cause, device: undefined };
  const followed = await signInWithPassword(tenant, await findPolicy(tenant), input, unknown, {
    elsewhere: true,
  });
  if (!followed.ok) return followed;
  await giveBackVolume('find', 'root', cause.address);
  if (!('attempt' in followed)) throw new Error('a session was opened on the root domain');
  const token = await withTenant(tenant.id, (tx) => stampHandoff(tx, tenant.id, followed.attempt.id));
  return {
    ok: true,
    handoff: { action: `${tenantOrigin(tenant)}/sign-in/handoff`, token },
    tenantName: tenant.name,
  } as const;
}

/** Takes the token on the tenant's host, once, and goes on from there. Fails with `expired`. */
export async function redeemHandoff(tenant: Tenant, policy: Policy, token: string | undefined, cause: Cause) {
  if (!isToken(token)) return failure('expired');
  const own = randomToken();
  return withTenant(tenant.id, async (tx) => {
    const [handoff] = await tx
      .update(attempts)
      .set({ handoffHash: null, tokenHash: hashToken(own) })
      .where(
        and(
          eq(attempts.tenantId, tenant.id),
          isNotNull(attempts.handoffHash),
          eq(attempts.handoffHash, hashToken(token)),
          gt(attempts.handoffUntil, sql`now()`),
        ),
      )
      .returning({ id: attempts.id });
    const attempt = handoff && (await lockAttempt(tx, tenant.id, policy, handoff.id));
    if (!attempt) return failure('expired');
    record(tx, tenant.id, { ...cause, actorId: attempt.userId }, 'authn_login_handoff', {
      subjectId: attempt.userId,
    });
    if (attempt.step === 'done') return finishAttempt(tx, tenant.id, attempt, null, cause);
    // The root domain could not know this browser.
    const mayBe = attempt.step === 'code' && !attempt.newPasswordRequired && mayRemember(policy, attempt.provider);
    if (mayBe && (await isRemembered(tx, tenant.id, attempt.userId, cause.device)))
      return finishAttempt(tx, tenant.id, attempt, 'device', cause);
    return {
      ok: true,
      next: attempt.step,
      attempt: { id: attempt.id, token: own, maxAge: inSeconds(LIFETIMES.attempt) },
    } satisfies NextSignInStep;
  });
}

async function stampHandoff(tx: Tx, tenantId: string, attemptId: string) {
  const token = randomToken();
  await tx
    .update(attempts)
    .set({
      handoffHash: hashToken(token),
      handoffUntil: sql`now() + make_interval(secs => ${inSeconds(LIFETIMES.handoff)})`,
    })
    .where(and(eq(attempts.tenantId, tenantId), eq(attempts.id, attemptId)));
  return token;
}
