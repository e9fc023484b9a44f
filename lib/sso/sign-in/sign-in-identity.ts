import { type Tx, withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { seal } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import { isOutside } from '@/lib/policies/networks';
import type { Policy } from '@/lib/policies/policy';
import { giveBackVolume, returnOnOutage } from '@/lib/rate-limit/limiter';
import { openAttempt } from '@/lib/sign-in/attempt';
import { completeSignIn, type ProviderProof } from '@/lib/sign-in/complete';
import { mayRemember, nextStep } from '@/lib/sign-in/next-step';
import { isRemembered } from '@/lib/sign-in/remembered';
import type { NextSignInStep } from '@/lib/sign-in/with-password';
import type { Identity, Reason } from '@/lib/sso/answer';
import { type Connection, findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { findOrCreateUser, type MatchedUser, MatchRefused } from '@/lib/sso/sign-in/match-user';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

type SignInRefusal = { ok: false; reason: Reason };

/**
 * Signs in the user whom a provider names: by the link of (connection, issuer, subject), the first
 * time by an email address that exactly one active user has. Returns the next step of the sign-in,
 * or a refusal that has changed nothing. `cause.actorId` is the user already signed in here.
 */
export async function signInIdentity(
  tenant: Tenant,
  policy: Policy,
  { id }: Pick<Connection, 'id'>,
  { identity, returnTo }: { identity: Identity; returnTo: string | null },
  cause: Cause,
): Promise<NextSignInStep | SignInRefusal> {
  const connection = await findConnection(tenant, id);
  if (!connection || !isAvailableFor(tenant, connection, 'sign-in')) return { ok: false, reason: 'disabled' };
  const isOutsideNetwork = await isOutside(policy, cause.address);
  try {
    const step = await withTenant(tenant.id, async (tx) => {
      const user = await findOrCreateUser(tx, tenant.id, connection, identity, cause);
      if (isOutsideNetwork && !user.emergency) throw new MatchRefused('outside-network');
      const context = { tenant, policy, provider: proofOf(tenant, connection, identity), returnTo, cause };
      const next = await openNextStep(tx, user, identity.secondFactor ? 'provider' : null, context);
      if (!next) throw new MatchRefused(isOutsideNetwork ? 'outside-network' : 'disabled');
      return next;
    });
    await giveBackVolume('sso', tenant.id, cause.address);
    return step;
  } catch (error) {
    if (error instanceof MatchRefused) return { ok: false, reason: error.reason };
    return returnOnOutage(['sso', tenant.id, cause.address], () => Promise.reject(error));
  }
}

/** Returns the encryption context of a connection's logout hints. */
export function hintContext(tenantId: string, connectionId: string) {
  return `sso-hint|${tenantId}|${connectionId}`;
}

function proofOf(tenant: Tenant, connection: Connection, identity: Identity): ProviderProof {
  return {
    connectionId: connection.id,
    subject: identity.subject,
    index: identity.index,
    sealedHint: identity.hint && seal(identity.hint, hintContext(tenant.id, connection.id)),
    authenticatedAt: identity.authenticatedAt ?? null,
  };
}

type StepContext = {
  tenant: Tenant;
  policy: Policy;
  provider: ProviderProof;
  returnTo: string | null;
  cause: Cause;
};

/** Opens an attempt for the second factor if the policy requires one, else the session. */
async function openNextStep(
  tx: Tx,
  user: MatchedUser,
  factor: 'provider' | null,
  { tenant, policy, provider, returnTo, cause }: StepContext,
): Promise<NextSignInStep | undefined> {
  const required = nextStep(policy, user, { secondFactor: false, newPasswordRequired: false, provider: { factor } });
  const remembered =
    required === 'code' &&
    mayRemember(policy, { factor }) &&
    (await isRemembered(tx, tenant.id, user.id, cause.device));
  const step = remembered ? 'done' : required;
  if (step !== 'done') {
    const facts = { step, newPasswordRequired: false, returnTo, provider, factor };
    const attempt = await openAttempt(tx, tenant.id, user.id, facts);
    return { ok: true, next: step, attempt: { ...attempt, maxAge: inSeconds(LIFETIMES.attempt) } };
  }
  const facts = { userId: user.id, factor: remembered ? ('device' as const) : factor, provider, returnTo };
  const completed = await completeSignIn(tx, tenant.id, facts, cause);
  return completed && { ok: true, ...completed };
}
