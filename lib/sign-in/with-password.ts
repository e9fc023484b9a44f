import { and, sql } from 'drizzle-orm';
import { statementIn, type Tx, withTenant } from '@/db';
import { passwords } from '@/db/schema/users';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import { LIFETIMES } from '@/lib/lifetimes';
import { admitToHashing } from '@/lib/passwords/admission-queue';
import { refuseHidden } from '@/lib/passwords/hidden';
import { isOverlong } from '@/lib/passwords/text';
import type { Policy } from '@/lib/policies/policy';
import { giveBackVolume, openVolume, tenantCounter, within } from '@/lib/rate-limit/limiter';
import { lockFailure } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import { openAttempt } from '@/lib/sign-in/attempt';
import { completeInBatch } from '@/lib/sign-in/batch';
import type { CompletedSignIn, UsedPassword } from '@/lib/sign-in/complete';
import { mayRemember, nextStep, type Step } from '@/lib/sign-in/next-step';
import {
  checkedPassword,
  type PasswordInput,
  returnAttempt,
  type StartedAttempt,
  upgradeHash,
  verifyAttempt,
} from '@/lib/sign-in/password-attempt';
import { parseIdentifier } from '@/lib/tenants/identifier';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/** What follows a step that succeeded: the session, or the attempt that waits for the next step. */
export type NextSignInStep = { ok: true } & (CompletedSignIn | Pending);
type Pending = { next: Step; attempt: { id: string; token: string; maxAge: number } };

/**
 * Checks a password and opens the session or the attempt for what is still missing. Fails with
 * `wrong`, whatever was wrong, or from outside the networks allowed with `outside-network`;
 * `locked` with the minutes left; `too-many` for a busy address; `tenant-busy` from a new browser
 * while a tenant is under attack; `too-long`, unhashed. Throws Unavailable where nothing could be
 * checked, and counts nothing then. `elsewhere`: the session opens on another host, so even a
 * complete sign-in becomes an attempt. While passwords are hidden it fails with `password-hidden`,
 * except at the address of `emergency` accounts, where every other user is answered like an unknown
 * one.
 */
export async function signInWithPassword(
  tenant: Tenant,
  policy: Policy,
  input: PasswordInput,
  cause: Cause,
  { elsewhere = false, emergency = false }: { elsewhere?: boolean; emergency?: boolean } = {},
) {
  if (policy.passwordHidden && !emergency) {
    return within('sign-in', [tenant.id, cause.address], () => refuseHidden(tenant, 'authn_login_fail', cause));
  }
  if (isOverlong(input.password)) return failure('too-long', { field: 'password' });
  const volume = await openVolume('sign-in', tenant.id, cause.address);
  if (!volume.ok) return volume;
  const checked = await admitToHashing(() => verifyAttempt(tenant, policy, input, volume.counters, cause));
  if ('error' in checked) return checked;
  const { attempt, budget, outside, proof } = checked;
  if (!attempt.user || !attempt.hash || !proof.ok || attempt.expired) {
    await recordFailure(tenant, attempt, input.identifier, outside, cause).catch(
      returnAttempt(tenant.id, attempt, volume.counters, cause.address),
    );
    return attempt.try.locks ? lockFailure(attempt.try) : wrong(outside);
  }

  const user = attempt.user;
  const asked = nextStep(policy, user, { secondFactor: false, newPasswordRequired: attempt.temporary, provider: null });
  const remembered = asked === 'code' && !attempt.temporary && user.remembered && mayRemember(policy, null);
  const step = remembered ? 'done' : asked;
  const counters = attempt.known ? volume.counters : [...volume.counters, tenantCounter('sign-in', tenant.id)];
  const used = { changedAt: attempt.changedAt, budget, counters };
  const { returnTo } = input;
  const following: Promise<CompletedSignIn | Pending | undefined> =
    step === 'done' && !elsewhere
      ? completeInBatch(tenant, { userId: user.id, factor: remembered ? 'device' : null, returnTo }, used, cause)
      : waitForMore(tenant, user.id, { step, returnTo, temporary: attempt.temporary }, used);
  const givingBack = volume.counters.length > 0 ? undefined : giveBackVolume('sign-in', tenant.id, cause.address);
  const [followed] = await Promise.all([following, givingBack]).catch(
    returnAttempt(tenant.id, attempt, volume.counters, cause.address),
  );
  // The password was changed, or the user disabled, while it was being checked.
  if (!followed) return wrong(outside);
  if (proof.outdated && !attempt.temporary) await upgradeHash(tenant, user.id, attempt.changedAt, input.password);
  return { ok: true, ...followed } as const;
}

/**
 * From outside the networks allowed everything fails alike, so that nobody there learns whether a
 * password was right.
 */
function wrong(outside: boolean) {
  return outside ? failure('outside-network') : failure('wrong');
}

async function recordFailure(
  tenant: Tenant,
  attempt: StartedAttempt,
  identifier: string,
  outside: boolean,
  cause: Cause,
) {
  // A password typed into the wrong field must not be kept, so unknown identifiers are kept as a
  // digest.
  const detail: AuditDetail = attempt.subject
    ? {}
    : { identifier: parseIdentifier(identifier, tenant).unknownKey.toString('hex').slice(0, 16) };
  await withTenant(tenant.id, async (tx) => {
    if (attempt.try.locks && attempt.user?.email) {
      const mail = { kind: 'locked-out', at: new Date().toISOString(), minutes: attempt.try.minutes ?? 15 } as const;
      await queueMail(tx, { tenantId: tenant.id, userId: attempt.user.id, mail });
    }
    record(tx, tenant.id, cause, 'authn_login_fail', {
      subjectId: attempt.subject,
      detail: { factor: 'password', ...(outside ? { reason: 'network' } : {}), ...detail },
    });
    if (attempt.try.locks) record(tx, tenant.id, cause, 'authn_login_lock', { subjectId: attempt.subject, detail });
  });
}

/**
 * Opens the attempt for what is still missing; undefined where the password is another one
 * meanwhile.
 */
function waitForMore(
  tenant: Pick<Tenant, 'id'>,
  userId: string,
  { step, returnTo, temporary }: { step: Step; returnTo: string | null; temporary: boolean },
  { changedAt, budget, counters }: UsedPassword,
) {
  return withTenant(tenant.id, async (tx): Promise<Pending | undefined> => {
    if (temporary && !(await spendTemporary(tx, tenant.id, userId, changedAt))) return undefined;
    const [row] = await statementIn<{ used: boolean }>(
      tx,
      'select use_password($1::uuid, $2::uuid, $3::timestamptz, $4, $5::text::json) as used',
      [tenant.id, userId, changedAt, budget, JSON.stringify(counters)],
    );
    if (!row?.used) return undefined;
    const start = { step, newPasswordRequired: temporary, returnTo };
    const attempt = await openAttempt(tx, tenant.id, userId, start);
    return { next: step, attempt: { ...attempt, maxAge: inSeconds(LIFETIMES.attempt) } };
  });
}

/** Spends a temporary password for good: no late mail renews it. Returns whether it was unused. */
async function spendTemporary(tx: Tx, tenantId: string, userId: string, changedAt: string | null) {
  const spent = await tx
    .update(passwords)
    .set({ temporaryUntil: sql`'-infinity'` })
    .where(and(checkedPassword(tenantId, userId, changedAt), sql`${passwords.temporaryUntil} > now()`))
    .returning({ userId: passwords.userId });
  return spent.length > 0;
}
