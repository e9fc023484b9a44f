import { and, eq, sql } from 'drizzle-orm';
import { statement, statementIn, type Tx, withTenant } from '@/db';
import { passwords } from '@/db/schema/users';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken } from '@/lib/crypto';
import { queueMail } from '@/lib/emails/queue';
import { LIFETIMES } from '@/lib/lifetimes';
import { log } from '@/lib/log';
import { admitToHashing } from '@/lib/passwords/admission-queue';
import { hashPassword, verifyPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden, refuseHidden } from '@/lib/passwords/hidden';
import { isOverlong } from '@/lib/passwords/text';
import { isOutside } from '@/lib/policies/networks';
import type { Policy } from '@/lib/policies/policy';
import {
  giveBackVolume,
  openVolume,
  returnOnOutage,
  takeVolume,
  tenantBusy,
  tenantCounter,
  tooMany,
} from '@/lib/rate-limit/limiter';
import { lockFailure, returnTry, type Try } from '@/lib/rate-limit/lockout';
import { type Counter, countInPostgres } from '@/lib/rate-limit/postgres';
import { failure, isHanging, isUnavailable } from '@/lib/result';
import { openAttempt } from '@/lib/sign-in/attempt';
import { completeInBatch } from '@/lib/sign-in/batch';
import type { CompletedSignIn, UsedPassword } from '@/lib/sign-in/complete';
import { mayRemember, nextStep, type Step } from '@/lib/sign-in/next-step';
import { parseIdentifier } from '@/lib/tenants/identifier';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/** What follows a step that succeeded: the session, or the attempt that waits for the next step. */
export type NextSignInStep = { ok: true } & (CompletedSignIn | Pending);
type Pending = { next: Step; attempt: { id: string; token: string; maxAge: number } };

export type PasswordInput = {
  identifier: string;
  password: string;
  returnTo: string | null;
};

type StartedAttempt = {
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
    const counted = await takeVolume('sign-in', tenant.id, cause.address);
    if (!counted.ok) return counted;
    const refusing = () => refuseHidden(tenant, 'authn_login_fail', cause);
    return returnOnOutage(['sign-in', tenant.id, cause.address], refusing);
  }
  if (isOverlong(input.password)) return failure('too-long', { field: 'password' });
  const volume = await openVolume('sign-in', tenant.id, cause.address);
  if (!volume.ok) return volume;
  const checked = await admitToHashing(() => verifyAttempt(tenant, policy, input, volume.counters, cause));
  if ('error' in checked) return checked;
  const { begun, budget, outside, proof } = checked;
  if (!begun.user || !begun.hash || !proof.ok || begun.expired) {
    await recordFailure(tenant, begun, input.identifier, outside, cause).catch(
      undo(tenant.id, begun, volume.counters, cause.address),
    );
    return begun.try.locks ? lockFailure(begun.try) : wrong(outside);
  }

  const user = begun.user;
  const asked = nextStep(policy, user, { secondFactor: false, newPasswordRequired: begun.temporary, provider: null });
  const remembered = asked === 'code' && !begun.temporary && user.remembered && mayRemember(policy, null);
  const step = remembered ? 'done' : asked;
  const counters = begun.known ? volume.counters : [...volume.counters, tenantCounter('sign-in', tenant.id)];
  const used = { changedAt: begun.changedAt, budget, counters };
  const { returnTo } = input;
  const following: Promise<CompletedSignIn | Pending | undefined> =
    step === 'done' && !elsewhere
      ? completeInBatch(tenant, { userId: user.id, factor: remembered ? 'device' : null, returnTo }, used, cause)
      : waitForMore(tenant.id, user.id, step, used, returnTo, begun.temporary);
  const givingBack = volume.counters.length > 0 ? undefined : giveBackVolume('sign-in', tenant.id, cause.address);
  const [followed] = await Promise.all([following, givingBack]).catch(
    undo(tenant.id, begun, volume.counters, cause.address),
  );
  // The password was changed, or the user disabled, while it was being checked.
  if (!followed) return wrong(outside);
  if (proof.outdated && !begun.temporary) await upgradeHash(tenant.id, user.id, begun.changedAt, input.password);
  return { ok: true, ...followed } as const;
}

/**
 * From outside the networks allowed everything fails alike, so that nobody there learns whether a
 * password was right.
 */
function wrong(outside: boolean) {
  return outside ? failure('outside-network') : failure('wrong');
}

/**
 * Takes a try and hashes. Fails as signInWithPassword does, unhashed, where there is none to take.
 */
async function verifyAttempt(tenant: Tenant, policy: Policy, input: PasswordInput, counters: Counter[], cause: Cause) {
  const { address, device } = cause;
  const answer = await startAttempt(tenant, input, device, counters);
  if ('retryAfter' in answer) return (answer.full === 'tenant' ? tenantBusy : tooMany)(answer.retryAfter);
  const outside = await isOutside(policy, address);
  const begun = forEmergency(policy, answer, outside);
  if (begun.try.refused) return lockFailure(begun.try);
  const budget = Buffer.from(begun.budget, 'base64');
  const proof = await verifyPassword(begun.user && begun.hash, input.password).catch(
    undo(tenant.id, begun, counters, address),
  );
  if (proof.corrupt)
    log().error({ alert: 'stored password hash is corrupt', tenant: tenant.slug, user: begun.subject });
  return { begun, budget, outside, proof };
}

/**
 * Returns what gives back all that an attempt took which failed because of us, and throws the
 * failure again.
 */
function undo(tenantId: string, begun: StartedAttempt, counters: Counter[], address: string) {
  return async (error: unknown): Promise<never> => {
    const ofTenant = begun.known ? [] : [tenantCounter('sign-in', tenantId)];
    const undone = Promise.allSettled([
      returnTry(tenantId, 'password', Buffer.from(begun.budget, 'base64'), begun.try),
      countInPostgres([...counters, ...ofTenant], -1),
      counters.length > 0 ? undefined : giveBackVolume('sign-in', tenantId, address),
    ]);
    // If the database does not answer, do not wait for it again.
    if (!isHanging(error)) await undone;
    throw error;
  };
}

async function startAttempt(tenant: Tenant, input: PasswordInput, device: string | undefined, counters: Counter[]) {
  const who = parseIdentifier(input.identifier, tenant);
  const [row] = await statement<{ begun: StartedAttempt | { retryAfter: number; full: 'address' | 'tenant' } }>(
    'select begin_sign_in($1::uuid, $2, $3, $4, $5, $6::text::json, $7::text::json) as begun',
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
  return row.begun;
}

/**
 * Removes the hash of users who must not sign in by password here, so that they cost the same work
 * as unknown users: all but emergency accounts, while passwords are hidden or outside the allowed
 * networks.
 */
function forEmergency(policy: Policy, begun: StartedAttempt, outside: boolean): StartedAttempt {
  const none = isPasswordHidden(policy, begun.user) || (outside && !begun.user?.emergency);
  return none ? { ...begun, user: null, hash: null } : begun;
}

async function recordFailure(
  tenant: Tenant,
  begun: StartedAttempt,
  identifier: string,
  outside: boolean,
  cause: Cause,
) {
  // A password typed into the wrong field must not be kept, so unknown identifiers are kept as a
  // digest.
  const detail: AuditDetail = begun.subject
    ? {}
    : { identifier: parseIdentifier(identifier, tenant).unknownKey.toString('hex').slice(0, 16) };
  await withTenant(tenant.id, async (tx) => {
    if (begun.try.locks && begun.user?.email) {
      const mail = { kind: 'locked-out', at: new Date().toISOString(), minutes: begun.try.minutes ?? 15 } as const;
      await queueMail(tx, { tenantId: tenant.id, userId: begun.user.id, mail });
    }
    await record(tx, tenant.id, cause, 'authn_login_fail', {
      subjectId: begun.subject,
      detail: { factor: 'password', ...(outside ? { reason: 'network' } : {}), ...detail },
    });
    if (begun.try.locks) await record(tx, tenant.id, cause, 'authn_login_lock', { subjectId: begun.subject, detail });
  });
}

/**
 * Keeps the password under today's parameters. Where nobody has time for it now, it waits for the
 * next time.
 */
async function upgradeHash(tenantId: string, userId: string, changedAt: string | null, password: string) {
  try {
    const hash = await hashPassword(password);
    await withTenant(tenantId, (tx) =>
      tx
        .update(passwords)
        .set({ hash })
        .where(checkedPassword(tenantId, userId, changedAt)),
    );
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
}

/**
 * Opens the attempt for what is still missing; undefined where the password is another one
 * meanwhile.
 */
function waitForMore(
  tenantId: string,
  userId: string,
  step: Step,
  { changedAt, budget, counters }: UsedPassword,
  returnTo: string | null,
  temporary: boolean,
) {
  return withTenant(tenantId, async (tx): Promise<Pending | undefined> => {
    if (temporary && !(await spendTemporary(tx, tenantId, userId, changedAt))) return undefined;
    const [row] = await statementIn<{ used: boolean }>(
      tx,
      'select use_password($1::uuid, $2::uuid, $3::timestamptz, $4, $5::text::json) as used',
      [tenantId, userId, changedAt, budget, JSON.stringify(counters)],
    );
    if (!row?.used) return undefined;
    const start = { step, newPasswordRequired: temporary, returnTo };
    const attempt = await openAttempt(tx, tenantId, userId, start);
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

function checkedPassword(tenantId: string, userId: string, changedAt: string | null) {
  return and(
    eq(passwords.tenantId, tenantId),
    eq(passwords.userId, userId),
    eq(passwords.changedAt, sql`${changedAt}::timestamptz`),
  );
}
