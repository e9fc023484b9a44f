import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { statement, type Tx, withTenant } from '@/db';
import { ssoConnections, ssoReminders } from '@/db/schema/sso';
import { isUser, users } from '@/db/schema/users';
import type { Cause } from '@/lib/audit/record';
import type { Ending } from '@/lib/emails/mails';
import { queueMail } from '@/lib/emails/queue';
import { isEntitled } from '@/lib/tenants/entitlements';
import { findTenantById, type Tenant } from '@/lib/tenants/tenants';
import { days } from '@/lib/time';

export type Expiry = {
  connectionId: string;
  label: string;
  what: Ending;
  /** Identifies what expires; a renewed secret or certificate has another value. */
  thing: string;
  at: Date;
  /** Days until then, rounded up; 0 or less once it has expired. */
  days: number;
};

/** How many days before an expiry the administrators receive an email. */
const REMINDERS = [60, 30, 7];

/** Returns what expires in the tenant's connections, the nearest first. */
export async function listExpiries(tenant: Tenant, now = new Date()): Promise<Expiry[]> {
  const rows = await withTenant(tenant.id, (tx) => selectConnections(tx, tenant.id));
  return rows.flatMap((row) => expiriesOf(row, now)).sort(byDate);
}

/**
 * Queues an email to the administrators about what expires in 60, 30 or 7 days: once each, also
 * with several processes. A late run sends the reminder for the days left. Skips drafts and
 * disabled connections.
 */
export async function remindOfExpiries(now = new Date()) {
  for (const { id } of await statement<{ id: string }>('select id from tenants', [])) {
    const tenant = await findTenantById(id);
    if (tenant?.status !== 'active' || !isEntitled(tenant, 'single-sign-on')) continue;
    await withTenant(id, (tx) => remindIn(tx, id, now));
  }
}

async function remindIn(tx: Tx, tenantId: string, now: Date) {
  const inUse = (await selectConnections(tx, tenantId)).filter(({ enabled, state }) => enabled && state !== 'draft');
  for (const end of inUse.flatMap((row) => expiriesOf(row, now)).sort(byDate)) {
    const reminder = REMINDERS.filter((reminder) => end.days > 0 && end.days <= reminder).at(-1);
    if (reminder && (await isFirst(tx, tenantId, end, reminder))) await queueReminder(tx, tenantId, end);
  }
}

async function isFirst(tx: Tx, tenantId: string, { connectionId, thing }: Expiry, reminder: number) {
  const noted = await tx
    .insert(ssoReminders)
    .values({ tenantId, connectionId, thing, days: reminder })
    .onConflictDoNothing()
    .returning({ days: ssoReminders.days });
  return noted.length === 1;
}

async function queueReminder(tx: Tx, tenantId: string, { connectionId, label, what, at, days }: Expiry) {
  const mail = { kind: 'sso-expiry', connectionId, label, what, at: at.toISOString(), days } as const;
  for (const userId of await administratorsOf(tx, tenantId)) await queueMail(tx, { tenantId, userId, mail });
}

/** Queues a mail to every administrator: a signing certificate was replaced by hand. */
export async function notifyOfCertificate(tx: Tx, tenantId: string, connectionId: string, label: string, cause: Cause) {
  const byName = await nameOf(tx, tenantId, cause.actorId);
  const mail = { kind: 'sso-certificate', connectionId, label, byName, at: new Date().toISOString() } as const;
  for (const userId of await administratorsOf(tx, tenantId)) await queueMail(tx, { tenantId, userId, mail });
}

async function nameOf(tx: Tx, tenantId: string, userId: string | null) {
  if (!userId) return '';
  const [user] = await tx
    .select({ firstName: users.firstName, lastName: users.lastName })
    .from(users)
    .where(isUser(tenantId, userId));
  return user ? `${user.firstName} ${user.lastName}` : '';
}

async function administratorsOf(tx: Tx, tenantId: string) {
  const administrators = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        eq(users.tenantId, tenantId),
        eq(users.role, 'administrator'),
        eq(users.status, 'active'),
        isNotNull(users.email),
      ),
    );
  return administrators.map(({ id }) => id);
}

type ExpiringConnection = Awaited<ReturnType<typeof selectConnections>>[number];

function selectConnections(tx: Tx, tenantId: string) {
  return tx
    .select({
      id: ssoConnections.id,
      label: ssoConnections.label,
      state: ssoConnections.state,
      enabled: ssoConnections.enabled,
      settings: ssoConnections.settings,
      secretExpiresAt: ssoConnections.secretExpiresAt,
    })
    .from(ssoConnections)
    .where(eq(ssoConnections.tenantId, tenantId))
    .orderBy(asc(ssoConnections.position));
}

function expiriesOf({ id, label, settings, secretExpiresAt }: ExpiringConnection, now: Date): Expiry[] {
  const end = (what: Expiry['what'], thing: string, at: Date) => ({
    connectionId: id,
    label,
    what,
    thing,
    at,
    days: Math.ceil((at.getTime() - now.getTime()) / days(1)),
  });
  const secret = secretExpiresAt ? [end('secret', `secret ${secretExpiresAt.toISOString()}`, secretExpiresAt)] : [];
  if (!('certificates' in settings)) return secret;
  return [
    // A certificate that the provider has withdrawn needs no renewal.
    ...settings.certificates
      .filter(({ goneSince }) => !goneSince)
      .map((one) => end('certificate', one.fingerprint, new Date(one.notAfter))),
    end('ourCertificate', settings.ourCertificate.fingerprint, new Date(settings.ourCertificate.notAfter)),
  ];
}

function byDate(a: Expiry, b: Expiry) {
  return a.at.getTime() - b.at.getTime();
}
