import { and, asc, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { ssoConnections, ssoLinks } from '@/db/schema/sso';
import { type Cause, record } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

/** Returns the provider accounts linked to a user, in the order of the connections. */
export function listLinks(tenant: Tenant, userId: string) {
  return withTenant(tenant.id, (tx) =>
    tx
      .select({
        connectionId: ssoLinks.connectionId,
        label: ssoConnections.label,
        subject: ssoLinks.subject,
        createdAt: ssoLinks.createdAt,
        lastUsedAt: ssoLinks.lastUsedAt,
      })
      .from(ssoLinks)
      .innerJoin(
        ssoConnections,
        and(eq(ssoConnections.tenantId, ssoLinks.tenantId), eq(ssoConnections.id, ssoLinks.connectionId)),
      )
      .where(and(eq(ssoLinks.tenantId, tenant.id), eq(ssoLinks.userId, userId)))
      .orderBy(asc(ssoConnections.position)),
  );
}

/**
 * Removes a user's link to their account at one provider, and ends the sessions it opened. The next
 * sign-in there is matched by email address again. Fails with `not-found`.
 */
export async function releaseLink(tenant: Tenant, user: string, connection: string, cause: Cause) {
  const [userId, connectionId] = [readId(user), readId(connection)];
  if (!userId || !connectionId) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const released = await tx
      .delete(ssoLinks)
      .where(
        and(eq(ssoLinks.tenantId, tenant.id), eq(ssoLinks.connectionId, connectionId), eq(ssoLinks.userId, userId)),
      )
      .returning({ subject: ssoLinks.subject });
    if (released.length === 0) return failure('not-found');
    const ended = await tx
      .delete(sessions)
      .where(
        and(eq(sessions.tenantId, tenant.id), eq(sessions.connectionId, connectionId), eq(sessions.userId, userId)),
      )
      .returning({ id: sessions.id });
    record(tx, tenant.id, cause, 'sso_link_remove', {
      subjectId: userId,
      detail: { connection: connectionId, ended: ended.length },
    });
    return { ok: true } as const;
  });
}
