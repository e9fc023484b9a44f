import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { ssoLinks } from '@/db/schema/sso';
import { users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
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
import { isInside, isVouchedFor } from '@/lib/sso/connections/accepted-addresses';
import { type Connection, findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { nameFor } from '@/lib/sso/sign-in/new-user';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';
import { isEmail } from '@/lib/users/form';
import { countRemainingUsers, lockRemainingUsers } from '@/lib/users/user-limit';
import { addUser } from '@/lib/users/users';

type SignInRefusal = { ok: false; reason: Reason };
type MatchedUser = {
  id: string;
  name: string;
  status: 'active' | 'disabled';
  emergency: boolean;
  secondFactorRequired: boolean;
  hasSecondFactor: boolean;
};
type UserMatch = { person: MatchedUser; linked: boolean };

const MATCHED_USER = {
  id: users.id,
  name: sql<string>`${users.firstName} || ' ' || ${users.lastName}`,
  status: users.status,
  emergency: users.emergency,
  secondFactorRequired: users.secondFactorRequired,
  hasSecondFactor: sql<boolean>`exists (select from ${totpSecrets} where ${totpSecrets.tenantId} = ${users.tenantId} and ${totpSecrets.userId} = ${users.id})`,
};

/**
 * Signs in the user whom a provider names: by the link of (connection, issuer, subject), the first
 * time by an email address that exactly one active user has. Returns the next step of the sign-in,
 * or a refusal that has changed nothing. `cause.actorId` is the user already signed in here.
 */
export async function signInIdentity(
  tenant: Tenant,
  policy: Policy,
  { id }: Pick<Connection, 'id'>,
  identity: Identity,
  returnTo: string | null,
  cause: Cause,
): Promise<NextSignInStep | SignInRefusal> {
  const connection = await findConnection(tenant, id);
  if (!connection || !isAvailableFor(tenant, connection, 'sign-in')) return refusal('disabled');
  const outside = await isOutside(policy, cause.address);
  try {
    const followed = await withTenant(tenant.id, async (tx): Promise<NextSignInStep> => {
      const person = await findOrCreateUser(tx, tenant, connection, identity, cause);
      if (outside && !person.emergency) throw new MatchRefused('outside-network');
      const provider: ProviderProof = {
        connectionId: connection.id,
        subject: identity.subject,
        index: identity.index,
        sealedHint: identity.hint && seal(identity.hint, hintContext(tenant.id, connection.id)),
        authenticatedAt: identity.authenticatedAt ?? null,
      };
      const factor = identity.secondFactor ? 'provider' : null;
      const asked = nextStep(policy, person, { secondFactor: false, newPasswordRequired: false, provider: { factor } });
      const remembered =
        asked === 'code' &&
        mayRemember(policy, { factor }) &&
        (await isRemembered(tx, tenant.id, person.id, cause.device));
      const step = remembered ? 'done' : asked;
      if (step !== 'done') {
        const attempt = await openAttempt(tx, tenant.id, person.id, {
          step,
          newPasswordRequired: false,
          returnTo,
          provider,
          factor,
        });
        return { ok: true, next: step, attempt: { ...attempt, maxAge: inSeconds(LIFETIMES.attempt) } };
      }
      const completed = await completeSignIn(
        tx,
        tenant,
        { userId: person.id, factor: remembered ? 'device' : factor, provider, returnTo },
        cause,
      );
      if (!completed) throw new MatchRefused(outside ? 'outside-network' : 'disabled');
      return { ok: true, ...completed };
    });
    await giveBackVolume('sso', tenant.id, cause.address);
    return followed;
  } catch (error) {
    // Thrown, so that a user or a link made on the way is undone with the rest.
    if (error instanceof MatchRefused) return refusal(error.reason);
    return returnOnOutage(['sso', tenant.id, cause.address], () => Promise.reject(error));
  }
}

/**
 * Returns the user an identity would sign in, or a refusal; `userId` is null where the user would be
 * created. Changes nothing.
 */
export async function previewMatch(
  tenant: Tenant,
  connection: Connection,
  identity: Identity,
): Promise<{ userId: string | null; name: string; linked: boolean } | Reason> {
  const { match, room } = await withTenant(tenant.id, async (tx) => ({
    match: await findMatch(tx, tenant, connection, identity),
    room: await countRemainingUsers(tx, tenant.id),
  }));
  if (match === 'no-match' && connection.createUsers) {
    if (connection.emailDomains.length === 0) return 'domains-missing';
    return room < 1 ? 'user-limit' : { userId: null, name: identity.email ?? '', linked: false };
  }
  if (typeof match === 'string') return match;
  return { userId: match.person.id, name: match.person.name, linked: match.linked };
}

/** Returns the encryption context of a connection's logout hints. */
export function hintContext(tenantId: string, connectionId: string) {
  return `sso-hint|${tenantId}|${connectionId}`;
}

class MatchRefused extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

function refusal(reason: Reason): SignInRefusal {
  return { ok: false, reason };
}

async function findOrCreateUser(tx: Tx, tenant: Tenant, connection: Connection, identity: Identity, cause: Cause) {
  let match = await findMatch(tx, tenant, connection, identity);
  // A concurrent sign-in may have added the link since findMatch looked for it.
  if (typeof match === 'string' ? match === 'no-match' || match === 'linked-to-other' : !match.linked) {
    // First sign-ins of one address run one at a time and look again.
    await tx.execute(
      // Whole sign-ins hold this lock, so it waits longer than for a row.
      sql`select set_config('lock_timeout', '4s', true), pg_advisory_xact_lock(hashtextextended(${`${tenant.id} ${canonicalEmail(identity.email)}`}, 0))`,
    );
    match = await findMatch(tx, tenant, connection, identity);
  }
  if (match === 'no-match' && connection.createUsers && cause.actorId === null)
    match = { person: await createUser(tx, tenant, connection, identity, cause), linked: false };
  if (typeof match === 'string') throw new MatchRefused(match);
  if (cause.actorId && cause.actorId !== match.person.id) throw new MatchRefused('other-person');
  await saveLink(tx, tenant, connection, identity, match, cause);
  return match.person;
}

async function findMatch(
  tx: Tx,
  tenant: Tenant,
  connection: Connection,
  identity: Identity,
): Promise<UserMatch | Reason> {
  if (!identity.subject) return 'subject-missing';
  const [linked] = await tx
    .select(MATCHED_USER)
    .from(ssoLinks)
    .innerJoin(users, and(eq(users.tenantId, ssoLinks.tenantId), eq(users.id, ssoLinks.userId)))
    .where(isLink(tenant.id, connection.id, identity));
  if (linked) return linked.status === 'active' ? { person: linked, linked: true } : 'user-disabled';

  const email = canonicalEmail(identity.email);
  if (!email) return 'email-missing';
  if (!isVouchedFor(connection, identity, email)) return 'email-unverified';
  if (connection.emailDomains.length > 0 && !isInside(connection, identity, email)) return 'email-outside';
  const found = await tx
    .select(MATCHED_USER)
    .from(users)
    .where(and(eq(users.tenantId, tenant.id), eq(users.emailKey, email)))
    .limit(20);
  const active = found.filter((person) => person.status === 'active');
  const [person] = active;
  if (!person) return found.length > 0 ? 'user-disabled' : 'no-match';
  if (active.length > 1) return 'two-matches';
  const others = await tx.$count(
    ssoLinks,
    and(eq(ssoLinks.tenantId, tenant.id), eq(ssoLinks.connectionId, connection.id), eq(ssoLinks.userId, person.id)),
  );
  return others > 0 ? 'linked-to-other' : { person, linked: false };
}

async function createUser(
  tx: Tx,
  tenant: Tenant,
  connection: Connection,
  identity: Identity,
  cause: Cause,
): Promise<MatchedUser> {
  const email = canonicalEmail(identity.email);
  if (!email) throw new MatchRefused('email-missing');
  if (!isInside(connection, identity, email)) throw new MatchRefused('domains-missing');
  if ((await lockRemainingUsers(tx, tenant.id)) < 1) throw new MatchRefused('user-limit');
  const { usernames, ...names } = nameFor(identity, email);
  for (const username of usernames) {
    const id = await addUser(tx, tenant.id, { username, ...names, email, role: connection.createRole }, cause, {
      by: 'single-sign-on',
      connection: connection.id,
    });
    if (id)
      return {
        id,
        name: `${names.firstName} ${names.lastName}`,
        status: 'active',
        emergency: false,
        secondFactorRequired: false,
        hasSecondFactor: false,
      };
  }
  throw new Error('no username is free');
}

/** Adds the link, or updates when it was last used. A user has one link per connection. */
async function saveLink(
  tx: Tx,
  tenant: Tenant,
  connection: Connection,
  identity: Identity,
  match: UserMatch,
  cause: Cause,
) {
  if (match.linked) {
    await tx
      .update(ssoLinks)
      .set({ lastUsedAt: sql`now()` })
      .where(isLink(tenant.id, connection.id, identity));
    return;
  }
  const { issuer, subject } = identity;
  const made = await tx
    .insert(ssoLinks)
    .values({ tenantId: tenant.id, connectionId: connection.id, issuer, subject, userId: match.person.id })
    .onConflictDoNothing()
    .returning({ userId: ssoLinks.userId });
  if (made.length === 0) throw new MatchRefused('linked-to-other');
  await record(tx, tenant.id, cause, 'sso_link_create', {
    subjectId: match.person.id,
    detail: { connection: connection.id },
  });
}

/** Returns an address with its ASCII letters in lower case, as the database compares them. */
function canonicalEmail(email: string | null) {
  const text = email?.trim() ?? '';
  return isEmail(text) ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : null;
}

function isLink(tenantId: string, connectionId: string, { issuer, subject }: Identity) {
  return and(
    eq(ssoLinks.tenantId, tenantId),
    eq(ssoLinks.connectionId, connectionId),
    eq(ssoLinks.issuer, issuer),
    eq(ssoLinks.subject, subject),
  );
}
