import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { ssoLinks } from '@/db/schema/sso';
import { users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import type { Identity, Reason } from '@/lib/sso/answer';
import { isInside, isVouchedFor } from '@/lib/sso/connections/accepted-addresses';
import type { Connection } from '@/lib/sso/connections/connections';
import { nameFor } from '@/lib/sso/sign-in/new-user';
import type { Tenant } from '@/lib/tenants/tenants';
import { isEmail } from '@/lib/users/form';
import { countRemainingUsers, lockRemainingUsers } from '@/lib/users/user-limit';
import { addUser } from '@/lib/users/users';

export type MatchedUser = {
  id: string;
  name: string;
  status: 'active' | 'disabled';
  emergency: boolean;
  secondFactorRequired: boolean;
  hasSecondFactor: boolean;
};
type UserMatch = { user: MatchedUser; linked: boolean };

const MATCHED_USER = {
  id: users.id,
  name: sql<string>`${users.firstName} || ' ' || ${users.lastName}`,
  status: users.status,
  emergency: users.emergency,
  secondFactorRequired: users.secondFactorRequired,
  hasSecondFactor: sql<boolean>`exists (select from ${totpSecrets} where ${totpSecrets.tenantId} = ${users.tenantId} and ${totpSecrets.userId} = ${users.id})`,
};

/** Thrown, so that the transaction undoes a user or a link that was added before. */
export class MatchRefused extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

/**
 * Returns the user whom an identity names, after creating the user and the link where needed.
 * Throws MatchRefused, also if `cause.actorId` is another user.
 */
export async function findOrCreateUser(
  tx: Tx,
  tenantId: string,
  connection: Connection,
  identity: Identity,
  cause: Cause,
): Promise<MatchedUser> {
  let match = await findMatch(tx, tenantId, connection, identity);
  // A concurrent sign-in may have added the link since findMatch looked for it.
  if (typeof match === 'string' ? match === 'no-match' || match === 'linked-to-other' : !match.linked) {
    // First sign-ins of one address run one at a time and look again.
    await tx.execute(
      // Whole sign-ins hold this lock, so it waits longer than for a row.
      sql`select set_config('lock_timeout', '4s', true), pg_advisory_xact_lock(hashtextextended(${`${tenantId} ${canonicalEmail(identity.email)}`}, 0))`,
    );
    match = await findMatch(tx, tenantId, connection, identity);
  }
  if (match === 'no-match' && connection.createUsers && cause.actorId === null)
    match = { user: await createUser(tx, tenantId, connection, identity, cause), linked: false };
  if (typeof match === 'string') throw new MatchRefused(match);
  if (cause.actorId && cause.actorId !== match.user.id) throw new MatchRefused('other-person');
  await saveLink(tx, tenantId, { connection, identity }, match, cause);
  return match.user;
}

/**
 * Returns the user an identity would sign in, or a refusal; `userId` is null where the user would
 * be created. Changes nothing.
 */
export async function previewMatch(
  tenant: Tenant,
  connection: Connection,
  identity: Identity,
): Promise<{ userId: string | null; name: string; linked: boolean } | Reason> {
  const { match, room } = await withTenant(tenant.id, async (tx) => ({
    match: await findMatch(tx, tenant.id, connection, identity),
    room: await countRemainingUsers(tx, tenant.id),
  }));
  if (match === 'no-match' && connection.createUsers) {
    if (connection.emailDomains.length === 0) return 'domains-missing';
    return room < 1 ? 'user-limit' : { userId: null, name: identity.email ?? '', linked: false };
  }
  if (typeof match === 'string') return match;
  return { userId: match.user.id, name: match.user.name, linked: match.linked };
}

async function findMatch(
  tx: Tx,
  tenantId: string,
  connection: Connection,
  identity: Identity,
): Promise<UserMatch | Reason> {
  if (!identity.subject) return 'subject-missing';
  const [linked] = await tx
    .select(MATCHED_USER)
    .from(ssoLinks)
    .innerJoin(users, and(eq(users.tenantId, ssoLinks.tenantId), eq(users.id, ssoLinks.userId)))
    .where(isLink(tenantId, connection.id, identity));
  if (linked) return linked.status === 'active' ? { user: linked, linked: true } : 'user-disabled';

  const email = canonicalEmail(identity.email);
  if (!email) return 'email-missing';
  if (!isVouchedFor(connection, identity, email)) return 'email-unverified';
  if (connection.emailDomains.length > 0 && !isInside(connection, identity, email)) return 'email-outside';
  const found = await tx
    .select(MATCHED_USER)
    .from(users)
    .where(and(eq(users.tenantId, tenantId), eq(users.emailKey, email)))
    .limit(20);
  const active = found.filter((user) => user.status === 'active');
  const [user] = active;
  if (!user) return found.length > 0 ? 'user-disabled' : 'no-match';
  if (active.length > 1) return 'two-matches';
  const others = await tx.$count(
    ssoLinks,
    and(eq(ssoLinks.tenantId, tenantId), eq(ssoLinks.connectionId, connection.id), eq(ssoLinks.userId, user.id)),
  );
  return others > 0 ? 'linked-to-other' : { user, linked: false };
}

async function createUser(
  tx: Tx,
  tenantId: string,
  connection: Connection,
  identity: Identity,
  cause: Cause,
): Promise<MatchedUser> {
  const email = canonicalEmail(identity.email);
  if (!email) throw new MatchRefused('email-missing');
  if (!isInside(connection, identity, email)) throw new MatchRefused('domains-missing');
  if ((await lockRemainingUsers(tx, tenantId)) < 1) throw new MatchRefused('user-limit');
  const { usernames, ...names } = nameFor(identity, email);
  for (const username of usernames) {
    const id = await addUser(tx, tenantId, { username, ...names, email, role: connection.createRole }, cause, {
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
  tenantId: string,
  { connection, identity }: { connection: Connection; identity: Identity },
  match: UserMatch,
  cause: Cause,
) {
  if (match.linked) {
    await tx
      .update(ssoLinks)
      .set({ lastUsedAt: sql`now()` })
      .where(isLink(tenantId, connection.id, identity));
    return;
  }
  const { issuer, subject } = identity;
  const made = await tx
    .insert(ssoLinks)
    .values({ tenantId: tenantId, connectionId: connection.id, issuer, subject, userId: match.user.id })
    .onConflictDoNothing()
    .returning({ userId: ssoLinks.userId });
  if (made.length === 0) throw new MatchRefused('linked-to-other');
  record(tx, tenantId, cause, 'sso_link_create', {
    subjectId: match.user.id,
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
