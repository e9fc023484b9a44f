import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { invitations } from '@/db/schema/people';
import { belongsToUser, isUser, passwords, users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, newOneTimeToken, oneTimeToken } from '@/lib/crypto';
import { mailFailure } from '@/lib/emails/limits';
import { queueMail } from '@/lib/emails/queue';
import { readId } from '@/lib/ids';
import { LIFETIMES } from '@/lib/lifetimes';
import { hashPassword } from '@/lib/passwords/hashing';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { checkNewPassword, killLinks, type NewPassword, passwordOwner, storePassword } from '@/lib/passwords/set';
import type { Policy } from '@/lib/policies/policy';
import { giveBackVolume, returnOnOutage, takeVolume } from '@/lib/rate-limit/limiter';
import { clearBudgetsOf } from '@/lib/rate-limit/lockout';
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
    const gone = await tx.delete(invitations).where(isOf(tenant.id, userId)).returning({ userId: invitations.userId });
    if (gone.length === 0) return failure('not-found');
    await record(tx, tenant.id, cause, 'user_invite_revoke', { subjectId: userId });
    return { ok: true } as const;
  });
}

/** Promises the invitation of a person, live or over, or undefined. */
export async function invitationOf(tenant: Tenant, userId: string) {
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
      .where(isOf(tenant.id, userId)),
  );
  return row;
}

/** Promises whom a link invites; `hidden` where single sign-on stands in the place of a password. Looking changes nothing. */
export async function findInvitation(tenant: Tenant, policy: Policy, token: string | undefined) {
  if (!isToken(token)) return undefined;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        userId: users.id,
        firstName: users.firstName,
        username: users.username,
        extension: users.extension,
        emergency: users.emergency,
      })
      .from(invitations)
      .innerJoin(users, isActiveOwner)
      .where(isGoodLink(tenant.id, token)),
  );
  return row && { ...row, hidden: isPasswordHidden(policy, row) };
}

/** Promises the link's token for the code of a slip, typed however. Fails at `slip` with `slip-code`, and with `too-many` from a busy address. */
export async function openSlip(tenant: Tenant, typed: string, cause: Cause) {
  const volume = await takeVolume('slip', tenant.id, cause.address);
  if (!volume.ok) return volume;
  return returnOnOutage(['slip', tenant.id, cause.address], () => findSlip(tenant, typed, cause));
}

async function findSlip(tenant: Tenant, typed: string, cause: Cause) {
  const letters = typed.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ nonce: invitations.nonce, keyId: invitations.keyId })
      .from(invitations)
      .innerJoin(users, isActiveOwner)
      .where(and(eq(invitations.tenantId, tenant.id), eq(invitations.codeHash, hashToken(letters)), isLive)),
  );
  if (!row) return failure('slip-code', { field: 'slip' });
  await giveBackVolume('slip', tenant.id, cause.address);
  return { ok: true, token: oneTimeToken('invitation', row) } as const;
}

/** Spends an invitation: the person has a password now, and signs in with it. Fails with `link-dead`, `password-hidden`, or at a field as judgeNewPassword does. */
export async function acceptInvitation(
  tenant: Tenant,
  policy: Policy,
  token: string | undefined,
  chosen: NewPassword,
  cause: Cause,
) {
  const invited = await findInvitation(tenant, policy, token);
  if (!token || !invited) return failure('link-dead');
  if (invited.hidden) return failure('password-hidden');
  const owner = await withTenant(tenant.id, (tx) => passwordOwner(tx, tenant.id, invited.userId));
  if (!owner) return failure('link-dead');
  const verdict = await checkNewPassword(tenant, policy, owner, chosen);
  if (!verdict.ok) return verdict;
  const hash = await hashPassword(chosen.password);
  return withTenant(tenant.id, async (tx) => {
    // The person first, as every other change does; one of two tabs then finds the invitation gone.
    await tx.select({ id: users.id }).from(users).where(isUser(tenant.id, invited.userId)).for('update');
    const spent = await tx
      .delete(invitations)
      .where(isGoodLink(tenant.id, token))
      .returning({ userId: invitations.userId, way: invitations.way });
    if (!spent[0]) return failure('link-dead');
    await killLinks(tx, tenant.id, invited.userId);
    await clearBudgetsOf(tx, tenant.id, invited.userId, 'password');
    await storePassword(tx, tenant.id, invited.userId, hash);
    await record(tx, tenant.id, { ...cause, actorId: invited.userId }, 'user_invite_accept', {
      subjectId: invited.userId,
      detail: { way: spent[0].way },
    });
    return { ok: true } as const;
  });
}

/** The link's 72 hours begin when its mail goes out. Promises what makes the token again, or undefined where another has taken its place. */
export async function stampInvitation(tenantId: string, userId: string, tokenHash: string) {
  const [row] = await withTenant(tenantId, (tx) =>
    tx
      .update(invitations)
      .set({ sentAt: sql`now()` })
      .where(and(isOf(tenantId, userId), eq(invitations.tokenHash, Buffer.from(tokenHash, 'base64url'))))
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
const isLive = sql`${begins} > now() - make_interval(secs => ${inSeconds(LIFETIMES.invitation)})`;
const isActiveOwner = and(
  eq(users.tenantId, invitations.tenantId),
  eq(users.id, invitations.userId),
  eq(users.status, 'active'),
);

function isOf(tenantId: string, userId: string) {
  return belongsToUser(invitations, tenantId, userId);
}

function isGoodLink(tenantId: string, token: string) {
  return and(eq(invitations.tenantId, tenantId), eq(invitations.tokenHash, hashToken(token)), isLive);
}
