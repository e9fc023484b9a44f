import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { invitations } from '@/db/schema/people';
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
 * Invites a person by mail to choose his first password; the newer invitation kills the older.
 * Fails with `not-found`, `is-disabled`, `no-email`, `too-many-mails`, and `has-password` where
 * there is nothing to invite to.
 */
export async function inviteUser(tenant: Tenant, userId: string, cause: Cause) {
  return onInvited(tenant, userId, async (tx, person) => {
    if (!person.email) return failure('no-email');
    await mailInvitation(tx, tenant.id, userId, cause);
    await record(tx, tenant.id, cause, 'user_invite', { subjectId: userId, detail: { way: 'mail' } });
    return { ok: true } as const;
  }).catch(mailFailure());
}

/** Invites by mail within another change that has made the user. Throws TooManyMails. */
export async function mailInvitation(tx: Tx, tenantId: string, userId: string, { actorId }: Cause) {
  const { tokenHash } = await openInvitation(tx, tenantId, userId, 'mail');
  const mail = { kind: 'invitation', tokenHash: tokenHash.toString('base64url') } as const;
  await queueMail(tx, { tenantId, userId, mail }, { senderId: actorId });
}

/** What is printed for a person without an address: where to go, and the code to type there. It can be shown this once. */
export type Slip = { url: string; page: string; code: string; hours: number };

/** Makes a slip to hand over in the place of a mail. Fails as inviteUser does, but not for want of an address. */
export async function makeSlip(tenant: Tenant, userId: string, cause: Cause) {
  return onInvited(tenant, userId, async (tx) => {
    const made = await openInvitation(tx, tenant.id, userId, 'slip');
    await record(tx, tenant.id, cause, 'user_invite', { subjectId: userId, detail: { way: 'slip' } });
    const page = `${tenantOrigin(tenant)}/welcome`;
    const url = `${page}/${oneTimeToken('invitation', made)}`;
    return {
      ok: true,
      slip: { url, page, code: slipCodeFrom(made), hours: inHours(LIFETIMES.invitation) } satisfies Slip,
    } as const;
  });
}

/** Takes an invitation back. Fails with `not-found` where there is none. */
export async function revokeInvitation(tenant: Tenant, asked: string, cause: Cause) {
  const userId = readId(asked);
  if (!userId) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const gone = await tx
      .delete(invitations)
      .where(belongsToUser(invitations, tenant.id, userId))
      .returning({ userId: invitations.userId });
    if (gone.length === 0) return failure('not-found');
    await record(tx, tenant.id, cause, 'user_invite_revoke', { subjectId: userId });
    return { ok: true } as const;
  });
}

/** Promises the invitation of a person, live or over, or undefined. */
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

/** The link's 72 hours begin when its mail goes out. Promises what makes the token again, or undefined where another has taken its place. */
export async function stampInvitation(tenantId: string, userId: string, tokenHash: string) {
  const [row] = await withTenant(tenantId, (tx) =>
    tx
      .update(invitations)
      .set({ sentAt: sql`now()` })
      .where(
        and(
          belongsToUser(invitations, tenantId, userId),
          eq(invitations.tokenHash, Buffer.from(tokenHash, 'base64url')),
        ),
      )
      .returning({ nonce: invitations.nonce, keyId: invitations.keyId }),
  );
  return row;
}

/** One invitation for one person who can take it up. */
async function onInvited<Done>(
  tenant: Tenant,
  asked: string,
  make: (tx: Tx, person: { email: string | null }) => Promise<Done>,
) {
  const userId = readId(asked);
  if (!userId) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const [person] = await tx
      .select({ email: users.email, status: users.status })
      .from(users)
      .where(isUser(tenant.id, userId))
      .for('update');
    if (!person) return failure('not-found');
    if (person.status !== 'active') return failure('is-disabled');
    const [known] = await tx
      .select({ userId: passwords.userId })
      .from(passwords)
      .where(belongsToUser(passwords, tenant.id, userId));
    if (known) return failure('has-password');
    return make(tx, person);
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
