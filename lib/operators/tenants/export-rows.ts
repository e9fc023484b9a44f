import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { auditEvents } from '@/db/schema/audit';
import { phoneCalls } from '@/db/schema/phone';
import { totpSecrets } from '@/db/schema/second-factor';
import { ssoConnections, ssoLinks } from '@/db/schema/sso';
import { passwords, users } from '@/db/schema/users';
import type { Tenant } from '@/lib/tenants/tenants';
import { LAST_SIGN_IN } from '@/lib/users/columns';

/** Rows of one page of an export. */
export const EXPORT_PAGE = 1000;

/** A page of rows, and the key after which the next begins. */
export type ExportPage = { rows: object[]; last: string | undefined };

/** Returns a page of a tenant's users after a key. */
export async function readUsers(tenant: Pick<Tenant, 'id'>, after: string | undefined): Promise<ExportPage> {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: users.id,
        username: users.username,
        extension: users.extension,
        firstName: users.firstName,
        lastName: users.lastName,
        email: users.email,
        role: users.role,
        status: users.status,
        emergency: users.emergency,
        secondFactorRequired: users.secondFactorRequired,
        locale: users.locale,
        timeZone: users.timeZone,
        createdAt: users.createdAt,
        ...LAST_SIGN_IN,
        hasPassword: isThere(passwords.userId, sql`${passwords.tenantId} = ${users.tenantId}`, users.id),
        hasSecondFactor: isThere(totpSecrets.userId, sql`${totpSecrets.tenantId} = ${users.tenantId}`, users.id),
      })
      .from(users)
      .where(and(eq(users.tenantId, tenant.id), after ? gt(users.id, after) : undefined))
      .orderBy(asc(users.id))
      .limit(EXPORT_PAGE),
  );
  return { rows, last: rows.at(-1)?.id };
}

/** Whether another table has a row for the user. */
function isThere(column: typeof passwords.userId | typeof totpSecrets.userId, sameTenant: SQL, id: typeof users.id) {
  return sql<boolean>`exists (select from ${column.table} where ${sameTenant} and ${column} = ${id})`;
}

/**
 * Returns a page of a tenant's identity provider connections, without their secrets, after a key.
 */
export async function readConnections(tenant: Pick<Tenant, 'id'>, after: string | undefined): Promise<ExportPage> {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: ssoConnections.id,
        protocol: ssoConnections.protocol,
        label: ssoConnections.label,
        state: ssoConnections.state,
        enabled: ssoConnections.enabled,
        issuer: ssoConnections.issuer,
        settings: ssoConnections.settings,
        hasSecret: sql<boolean>`${ssoConnections.sealedSecret} is not null`,
        secretExpiresAt: ssoConnections.secretExpiresAt,
        createUsers: ssoConnections.createUsers,
        createRole: ssoConnections.createRole,
        emailDomains: ssoConnections.emailDomains,
        createdAt: ssoConnections.createdAt,
      })
      .from(ssoConnections)
      .where(and(eq(ssoConnections.tenantId, tenant.id), after ? gt(ssoConnections.id, after) : undefined))
      .orderBy(asc(ssoConnections.id))
      .limit(EXPORT_PAGE),
  );
  return { rows, last: rows.at(-1)?.id };
}

/** Returns a page of a tenant's links between users and identity providers after a key. */
export async function readLinks(tenant: Pick<Tenant, 'id'>, after: string | undefined): Promise<ExportPage> {
  const key = sql<string>`${ssoLinks.userId}::text || ${ssoLinks.connectionId}::text`;
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        connectionId: ssoLinks.connectionId,
        issuer: ssoLinks.issuer,
        subject: ssoLinks.subject,
        userId: ssoLinks.userId,
        createdAt: ssoLinks.createdAt,
      })
      .from(ssoLinks)
      .where(and(eq(ssoLinks.tenantId, tenant.id), after ? sql`${key} > ${after}` : undefined))
      .orderBy(asc(key))
      .limit(EXPORT_PAGE),
  );
  const last = rows.at(-1);
  return { rows, last: last && `${last.userId}${last.connectionId}` };
}

/** Returns a page of a tenant's calls after a key. */
export async function readCalls(tenant: Pick<Tenant, 'id'>, after: string | undefined): Promise<ExportPage> {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        userId: phoneCalls.userId,
        id: phoneCalls.id,
        direction: phoneCalls.direction,
        outcome: phoneCalls.outcome,
        peer: phoneCalls.peer,
        peerName: phoneCalls.peerName,
        startedAt: phoneCalls.startedAt,
        answeredAt: phoneCalls.answeredAt,
        endedAt: phoneCalls.endedAt,
      })
      .from(phoneCalls)
      .where(and(eq(phoneCalls.tenantId, tenant.id), after ? isAfterCall(after) : undefined))
      .orderBy(asc(phoneCalls.userId), asc(phoneCalls.id))
      .limit(EXPORT_PAGE),
  );
  const last = rows.at(-1);
  return { rows, last: last && `${last.userId}/${last.id}` };
}

/** Returns the condition for calls after a key, in the order of their table. */
function isAfterCall(after: string) {
  const [userId, id] = after.split('/');
  return sql`(${phoneCalls.userId}, ${phoneCalls.id}) > (${userId}::uuid, ${id}::uuid)`;
}

/** Returns a page of a tenant's audit events after a key. */
export async function readEvents(tenant: Pick<Tenant, 'id'>, after: string | undefined): Promise<ExportPage> {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        seq: auditEvents.seq,
        at: auditEvents.at,
        event: auditEvents.event,
        actorId: auditEvents.actorId,
        subjectId: auditEvents.subjectId,
        address: auditEvents.address,
        requestId: auditEvents.requestId,
        detail: auditEvents.detail,
      })
      .from(auditEvents)
      .where(and(eq(auditEvents.tenantId, tenant.id), after ? gt(auditEvents.seq, Number(after)) : undefined))
      .orderBy(asc(auditEvents.seq))
      .limit(EXPORT_PAGE),
  );
  return { rows, last: rows.at(-1)?.seq.toString() };
}
