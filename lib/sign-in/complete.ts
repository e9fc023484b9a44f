import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { devices } from '@/db/schema/sign-in';
import { tenants } from '@/db/schema/tenants';
import { users } from '@/db/schema/users';
import { type Cause, record } from '@/lib/audit/record';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import { queueMail } from '@/lib/emails/queue';
import type { Policy } from '@/lib/policies';
import { browserOf, type Factor, openSession } from '@/lib/sessions';
import type { Tenant } from '@/lib/tenants/tenants';

/** A finished sign-in, for the browser to keep: the session's token and the device's. */
export type Completed = {
  next: 'done';
  session: { token: string; maxAge: number };
  device: string;
  returnTo: string | null;
};

/**
 * The one door. Every way of signing in ends here, in its own transaction: is the tenant live, is the user active?
 * Then session, device and audit. Promises undefined where the door stays shut.
 */
export async function complete(
  tx: Tx,
  tenant: Tenant,
  policy: Policy,
  who: { userId: string; factor: Factor | null; returnTo: string | null },
  device: string | undefined,
  cause: Cause,
): Promise<Completed | undefined> {
  const token = isToken(device) ? device : randomToken();
  const [user] = await tx
    .update(users)
    .set({
      previousSignInAt: users.lastSignInAt,
      previousSignInAddress: users.lastSignInAddress,
      lastSignInAt: sql`now()`,
      lastSignInAddress: cause.address,
    })
    .where(
      and(
        eq(users.tenantId, tenant.id),
        eq(users.id, who.userId),
        eq(users.status, 'active'),
        sql`exists (select from ${tenants} where ${tenants.id} = ${tenant.id} and ${tenants.status} = 'active')`,
      ),
    )
    .returning({ email: users.email, before: users.previousSignInAt });
  if (!user) return undefined;
  const [session, [seen]] = await Promise.all([
    openSession(tx, tenant, policy, who.userId, who.factor, cause),
    tx
      .insert(devices)
      .values({ tenantId: tenant.id, userId: who.userId, tokenHash: hashToken(token) })
      .onConflictDoUpdate({
        target: [devices.tenantId, devices.userId, devices.tokenHash],
        set: { lastSeenAt: sql`now()` },
      })
      .returning({ isNew: sql<boolean>`xmax = 0` }),
  ]);
  if (seen?.isNew && user.before && user.email) {
    const mail = {
      kind: 'new-device',
      at: new Date().toISOString(),
      address: cause.address,
      browser: browserOf(cause.userAgent),
    } as const;
    await queueMail(tx, { tenantId: tenant.id, userId: who.userId, mail });
  }
  await record(tx, tenant.id, { ...cause, actorId: who.userId }, 'authn_login_success', {
    subjectId: who.userId,
    detail: { factor: who.factor ?? 'password', session: session.id },
  });
  return { next: 'done', session, device: token, returnTo: who.returnTo };
}
