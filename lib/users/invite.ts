import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { invitations } from '@/db/schema/user-administration';
import { belongsToUser, isUser, passwords, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, newOneTimeToken, oneTimeToken } from '@/lib/crypto';
import { mailFailure } from '@/lib/emails/limits';
import { queueMail } from '@/lib/emails/queue';
import { readId } from '@/lib/ids';
import { LIFETIMES } from '@/lib/lifetimes';
import { failure } from '@/lib/result';
import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';
import { inHours, inSeconds } from '@/lib/time';
import { slipCodeFrom } from '@/lib/users/slip-code';

/**
 * Invites a user by mail to choose their first password; an earlier invitation stops working.
 * Fails with `not-found`, `is-disabled`, `no-email`, `too-many-mails` and `has-password`.
 */
export async function inviteUser(tenant: Tenant, userId: string, cause: Cause) {
  return withInvitee(tenant, userId, async (tx, user) => {
    if (!user.email) return failure('no-email');
    await mailInvitation(tx, tenant.id, userId, cause);
    record(tx, tenant.id, cause, 'user_invite', { subjectId: userId, detail: { way: 'mail' } });
    return { ok: true } as const;
  }).catch(mailFailure());
}

/** Invites by mail within another change that has made the user. Throws TooManyMails. */
export async function mailInvitation(tx: Tx, tenantId: string, userId: string, { actorId }: Cause) {
  const { tokenHash } = await openInvitation(tx, tenantId, userId, 'mail');
  const mail = { kind: 'invitation', tokenHash: tokenHash.toString('base64url') } as const;
  await queueMail(tx, { tenantId, userId, mail }, { senderId: actorId });
}

/**
 * What is printed for a user without an address: a page, and the code to type there. Shown once.
 */
export type Slip = { url: string; page: string; code: string; hours: number };

/** Makes a printed slip instead of a mail. Fails as inviteUser does, but not with `no-email`. */
export async function makeSlip(tenant: Tenant, userId: string, cause: Cause) {
  return withInvitee(tenant, userId, async (tx) => {
    const made = await openInvitation(tx, tenant.id, userId, 'slip');
    record(tx, tenant.id, cause, 'user_invite', { subjectId: userId, detail: { way: 'slip' } });
    const page = `${tenantOrigin(tenant)}/welcome`;
    const url = `${page}/${oneTimeToken('invitation', made)}`;
    return {
      ok: true,
      slip: { url, page, code: slipCodeFrom(made), hours: inHours(LIFETIMES.invitation) } satisfies Slip,
    } as const;
  });
}

/** Revokes a user's invitation. Fails with `not-found` where there is none. */
export async function revokeInvitation(tenant: Tenant, id: string, cause: Cause) {
  const userId = readId(id);
  if (!userId) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const gone = await tx
      .delete(invitations)
      .where(belongsToUser(invitations, tenant.id, userId))
      .returning({ userId: invitations.userId });
    if (gone.length === 0) return failure('not-found');
    record(tx, tenant.id, cause, 'user_invite_revoke', { subjectId: userId });
    return { ok: true } as const;
  });
}

/** Returns the invitation of a user, expired or not, or undefined. */
export async function findInvitationOfUser(tenant: Tenant, userId: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        way: invitations.way,
        at: invitations.createdAt,
        sentAt: invitations.sentAt,
        until: sql<Date>`${begins} + make_interval(secs => ${inSeconds(LIFETIMES.invitation)})`.mapWith(
          invitations.createdAt,
        ),
        live: sql<boolean>`${isLive}`,
      })
      .from(invitations)
      .where(belongsToUser(invitations, tenant.id, userId)),
  );
  return row;
}

/**
 * Starts the 72 hours of an invitation as its mail goes out. Returns what its token is made from,
 * or undefined where a newer invitation has replaced it.
 */
export async function stampInvitation(tenant: Pick<Tenant, 'id'>, userId: string, tokenHash: string) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .update(invitations)
      .set({ sentAt: sql`now()` })
      .where(
        and(
          belongsToUser(invitations, tenant.id, userId),
          eq(invitations.tokenHash, Buffer.from(tokenHash, 'base64url')),
        ),
      )
      .returning({ nonce: invitations.nonce, keyId: invitations.keyId }),
  );
  return row;
}

/** Locks a user who can be invited and calls `invite`. Fails as inviteUser does. */
async function withInvitee<Result>(
  tenant: Tenant,
  id: string,
  invite: (tx: Tx, user: { email: string | null }) => Promise<Result>,
) {
  const userId = readId(id);
  if (!userId) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const [user] = await tx
      .select({ email: users.email, status: users.status })
      .from(users)
      .where(isUser(tenant.id, userId))
      .for('update');
    if (!user) return failure('not-found');
    if (user.status !== 'active') return failure('is-disabled');
    const [known] = await tx
      .select({ userId: passwords.userId })
      .from(passwords)
      .where(belongsToUser(passwords, tenant.id, userId));
    if (known) return failure('has-password');
    return invite(tx, user);
  });
}

async function openInvitation(tx: Tx, tenantId: string, userId: string, way: 'mail' | 'slip') {
  const made = newOneTimeToken('invitation');
  const row = { way, ...made, codeHash: way === 'slip' ? hashToken(slipCodeFrom(made).replaceAll('-', '')) : null };
  const fresh = { ...row, createdAt: sql`now()`, sentAt: null };
  await tx
    .insert(invitations)
    .values({ tenantId, userId, ...row })
    .onConflictDoUpdate({ target: [invitations.tenantId, invitations.userId], set: fresh });
  return made;
}

const begins = sql`coalesce(${invitations.sentAt}, ${invitations.createdAt})`;

/** The condition under which an invitation has not expired. */
export const isLive = sql`${begins} > now() - make_interval(secs => ${inSeconds(LIFETIMES.invitation)})`;
