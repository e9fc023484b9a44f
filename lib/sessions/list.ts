import { and, desc, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { belongsToUser } from '@/db/schema/users';
import { browserOf } from '@/lib/sessions/browser';
import type { Tenant } from '@/lib/tenants/tenants';

/** Returns the live sessions of a user, latest first. */
export async function listSessions(tenant: Tenant, userId: string) {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: sessions.id,
        userAgent: sessions.userAgent,
        address: sessions.address,
        createdAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
      })
      .from(sessions)
      .where(and(belongsToUser(sessions, tenant.id, userId), isLive(tenant.id)))
      .orderBy(desc(sessions.lastSeenAt))
      .limit(100),
  );
  return rows.map(({ userAgent, ...row }) => ({ ...row, browser: browserOf(userAgent) }));
}

function isLive(tenantId: string) {
  return sql`${sessions.absoluteUntil} > now() and exists (select from policies p where p.tenant_id = ${tenantId}
    and idle_until(p, sessions) > now()
    and ${sessions.createdAt} > now() - make_interval(mins => p.absolute_minutes))`;
}
