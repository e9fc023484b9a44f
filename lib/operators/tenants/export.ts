import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm';
import { statement, type Tx, withTenant } from '@/db';
import { auditEvents } from '@/db/schema/audit';
import { branding, brandLogos } from '@/db/schema/branding';
import { phoneCalls, phoneSettings } from '@/db/schema/phone';
import { policies } from '@/db/schema/policies';
import { totpSecrets } from '@/db/schema/second-factor';
import { ssoConnections, ssoLinks } from '@/db/schema/sso';
import { tenants } from '@/db/schema/tenants';
import { passwords, users } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import type { Tenant } from '@/lib/tenants/tenants';
import { LAST_SIGN_IN } from '@/lib/users/columns';

const PAGE = 1000;

/**
 * Promises everything a tenant holds as JSON Lines, each with its `kind`: tenant, policy, branding, phone, users, connections, links, calls, events.
 * No password, secret or hash is in it. Both chains say that it was begun; once it is whole, and the tenant was suspended
 * before it began, the tenant may be deleted.
 */
export async function* exportTenant(tenant: Pick<Tenant, 'id' | 'accountId'>, cause: Cause): AsyncGenerator<string> {
  const begun = await begin(tenant, cause);
  if (!begun) return;
  yield line('tenant', begun.tenant);
  yield line('policy', begun.policy);
  if (begun.branding) yield line('branding', begun.branding);
  if (begun.phone) yield line('phone', begun.phone);
  yield* pages('user', (after) => usersAfter(tenant.id, after));
  yield* pages('connection', (after) => connectionsAfter(tenant.id, after));
  yield* pages('link', (after) => linksAfter(tenant.id, after));
  yield* pages('call', (after) => callsAfter(tenant.id, after));
  yield* pages('event', (after) => eventsAfter(tenant.id, after));
  await statement('select note_tenant_export($1, $2::text::timestamptz)', [tenant.id, begun.at]);
}

async function begin(tenant: Pick<Tenant, 'id' | 'accountId'>, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const [row] = await tx
      .select({
        id: tenants.id,
        accountId: tenants.accountId,
        name: tenants.name,
        domain: tenants.domain,
        status: tenants.status,
        locale: tenants.locale,
        timeZone: tenants.timeZone,
        entitlements: tenants.entitlements,
        userLimit: tenants.userLimit,
        createdAt: tenants.createdAt,
        exportedAt: sql<string>`clock_timestamp()::text`,
      })
      .from(tenants)
      .where(eq(tenants.id, tenant.id));
    if (!row) return undefined;
    const [policy] = await tx.select().from(policies).where(eq(policies.tenantId, tenant.id));
    const { tenantId: _, ...kept } = policy ?? { tenantId: '' };
    const shown = await brandingOf(tx, tenant.id);
    const phone = await phoneOf(tx, tenant.id);
    await recordAtBoth(tx, tenant, cause, 'tenant_export');
    return { tenant: row, policy: kept, branding: shown, phone, at: row.exportedAt };
  });
}

/** The logo is the picture itself, in base64. */
async function brandingOf(tx: Tx, tenantId: string) {
  const [row] = await tx
    .select({ branding, png: brandLogos.png })
    .from(branding)
    .leftJoin(brandLogos, eq(brandLogos.tenantId, branding.tenantId))
    .where(eq(branding.tenantId, tenantId));
  if (!row) return undefined;
  const { tenantId: _, ...rest } = row.branding;
  return { ...rest, logoPng: row.png?.toString('base64') ?? null };
}

async function phoneOf(tx: Tx, tenantId: string) {
  const [row] = await tx.select().from(phoneSettings).where(eq(phoneSettings.tenantId, tenantId));
  if (!row) return undefined;
  const { tenantId: _, sealedSecret, ...rest } = row;
  return { ...rest, hasSecret: sealedSecret !== null };
}

/** A page of rows, and the key behind which the next begins. */
type Page = { rows: object[]; last: string | undefined };

async function* pages(kind: string, read: (after: string | undefined) => Promise<Page>) {
  let after: string | undefined;
  do {
    const page: Page = await read(after);
    if (page.rows.length > 0) yield page.rows.map((row) => line(kind, row)).join('');
    after = page.rows.length === PAGE ? page.last : undefined;
  } while (after !== undefined);
}

async function usersAfter(tenantId: string, after: string | undefined) {
  const rows = await withTenant(tenantId, (tx) =>
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
      .where(and(eq(users.tenantId, tenantId), after ? gt(users.id, after) : undefined))
      .orderBy(asc(users.id))
      .limit(PAGE),
  );
  return { rows, last: rows.at(-1)?.id };
}

/** Whether another table has a row for the user. */
function isThere(column: typeof passwords.userId | typeof totpSecrets.userId, sameTenant: SQL, id: typeof users.id) {
  return sql<boolean>`exists (select from ${column.table} where ${sameTenant} and ${column} = ${id})`;
}

async function connectionsAfter(tenantId: string, after: string | undefined) {
  const rows = await withTenant(tenantId, (tx) =>
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
      .where(and(eq(ssoConnections.tenantId, tenantId), after ? gt(ssoConnections.id, after) : undefined))
      .orderBy(asc(ssoConnections.id))
      .limit(PAGE),
  );
  return { rows, last: rows.at(-1)?.id };
}

async function linksAfter(tenantId: string, after: string | undefined) {
  const key = sql<string>`${ssoLinks.userId}::text || ${ssoLinks.connectionId}::text`;
  const rows = await withTenant(tenantId, (tx) =>
    tx
      .select({
        connectionId: ssoLinks.connectionId,
        issuer: ssoLinks.issuer,
        subject: ssoLinks.subject,
        userId: ssoLinks.userId,
        createdAt: ssoLinks.createdAt,
      })
      .from(ssoLinks)
      .where(and(eq(ssoLinks.tenantId, tenantId), after ? sql`${key} > ${after}` : undefined))
      .orderBy(asc(key))
      .limit(PAGE),
  );
  const last = rows.at(-1);
  return { rows, last: last && `${last.userId}${last.connectionId}` };
}

async function callsAfter(tenantId: string, after: string | undefined) {
  const rows = await withTenant(tenantId, (tx) =>
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
      .where(and(eq(phoneCalls.tenantId, tenantId), after ? placeOf(after) : undefined))
      .orderBy(asc(phoneCalls.userId), asc(phoneCalls.id))
      .limit(PAGE),
  );
  const last = rows.at(-1);
  return { rows, last: last && `${last.userId}/${last.id}` };
}

/** Behind a call, in the order of its table's key. */
function placeOf(after: string) {
  const [userId, id] = after.split('/');
  return sql`(${phoneCalls.userId}, ${phoneCalls.id}) > (${userId}::uuid, ${id}::uuid)`;
}

async function eventsAfter(tenantId: string, after: string | undefined) {
  const rows = await withTenant(tenantId, (tx) =>
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
      .where(and(eq(auditEvents.tenantId, tenantId), after ? gt(auditEvents.seq, Number(after)) : undefined))
      .orderBy(asc(auditEvents.seq))
      .limit(PAGE),
  );
  return { rows, last: rows.at(-1)?.seq.toString() };
}

function line(kind: string, row: object) {
  return `${JSON.stringify({ kind, ...row })}\n`;
}
