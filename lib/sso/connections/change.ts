import { randomUUID } from 'node:crypto';
import { and, asc, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { sessions } from '@/db/schema/sessions';
import { ssoConnections, ssoLinks } from '@/db/schema/sso';
import type { ConnectionSettings } from '@/db/schema/sso-settings';
import { changesBetween, changesIn } from '@/lib/audit/changes';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { seal } from '@/lib/crypto';
import { conflictWith } from '@/lib/forms/version';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import { connectionChanges, hasNewCertificate } from '@/lib/sso/connections/audit-detail';
import { isConnection, type ProtocolSettings, savedConnection, secretContext } from '@/lib/sso/connections/connections';
import { notifyOfCertificate } from '@/lib/sso/connections/expiry';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';
import { checkTitle } from '@/lib/users/form';

export type NewConnection = {
  /** Given where the provider was told our addresses before anything was saved. */
  id?: string;
  label: string;
  issuer: string;
  secret: string | null;
  secretExpiresAt: Date | null;
  createUsers: boolean;
  createRole: 'agent' | 'administrator';
  emailDomains?: string[];
} & ProtocolSettings;

type ConnectionChange = Partial<Omit<NewConnection, 'id' | 'protocol' | 'settings'>> & {
  settings?: ConnectionSettings;
};

/** Returns the id of a new draft at the end of the list. Fails with `not-entitled`, `taken` where the entity ID has a connection, and as checkTitle does. */
export async function createConnection(tenant: Tenant, input: NewConnection, cause: Cause) {
  if (!isEntitled(tenant, 'single-sign-on')) return failure('not-entitled');
  const misnamed = checkTitle(input.label, 'label');
  if (misnamed) return misnamed;
  const { secret, id: asked = randomUUID(), ...rest } = input;
  const id = readId(asked);
  if (!id) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    await lockPolicy(tx, tenant.id);
    const made = await tx
      .insert(ssoConnections)
      .values({
        ...rest,
        tenantId: tenant.id,
        id,
        sealedSecret: secret === null ? null : seal(secret, secretContext(tenant.id, id)),
        position: sql`(select coalesce(max(position), 0) + 1 from sso_connections where tenant_id = ${tenant.id})`,
      })
      .onConflictDoNothing()
      .returning({ id: ssoConnections.id });
    if (made.length === 0) return failure('taken', { field: 'issuer' });
    await record(tx, tenant.id, cause, 'sso_connection_create', {
      detail: { connection: id, protocol: input.protocol, issuer: input.issuer, ...connectionChanges({}, rest) },
    });
    return { ok: true, id } as const;
  });
}

/**
 * Changes a connection; a secret that is not given stays. Another issuer, client or address to sign
 * in at makes it another provider: its links go and it is a draft again. A signing certificate that
 * is new to it leaves it tested, and to be tested again before it signs anyone in; the
 * administrators are told. Fails with `not-found`, `taken`, and as checkTitle does.
 */
export async function updateConnection(
  tenant: Tenant,
  asked: string,
  change: ConnectionChange,
  cause: Cause,
  version?: string,
) {
  const id = readId(asked);
  if (!id) return failure('not-found');
  const misnamed = change.label && checkTitle(change.label, 'label');
  if (misnamed) return misnamed;
  const { secret, ...rest } = change;
  return withTenant(tenant.id, async (tx) => {
    await lockPolicy(tx, tenant.id);
    const [row] = await tx.select().from(ssoConnections).where(isConnection(tenant.id, id)).for('update');
    if (!row) return failure('not-found');
    const conflict = conflictWith(savedConnection(row), version);
    if (conflict) return conflict;
    const issuer = rest.issuer ?? row.issuer;
    if (row.protocol === 'saml' && issuer !== row.issuer && (await isTaken(tx, tenant.id, issuer)))
      return failure('taken', { field: 'issuer' });
    const detail = connectionChanges(row, rest);
    const another = issuer !== row.issuer || clientKey(rest.settings ?? row.settings) !== clientKey(row.settings);
    const untested = !another && hasNewCertificate(row.settings, rest.settings ?? row.settings);
    await tx
      .update(ssoConnections)
      .set({
        ...rest,
        ...(secret === undefined
          ? {}
          : { sealedSecret: secret === null ? null : seal(secret, secretContext(tenant.id, id)) }),
        ...(another ? { state: 'draft' as const, testedAt: null, administratorAt: null } : {}),
        ...(untested ? { testedAt: null, ...(row.state === 'draft' ? {} : { state: 'tested' as const }) } : {}),
        updatedAt: sql`now()`,
      })
      .where(isConnection(tenant.id, id));
    if (another) {
      await tx.delete(ssoLinks).where(and(eq(ssoLinks.tenantId, tenant.id), eq(ssoLinks.connectionId, id)));
    }
    if (another || untested) await updatePasswordHidden(tx, tenant.id);
    if (untested) await notifyOfCertificate(tx, tenant.id, id, rest.label ?? row.label, cause);
    await record(tx, tenant.id, cause, 'sso_connection_update', {
      detail: {
        connection: id,
        changed: changesIn(detail)
          .map(({ name }) => name)
          .join(' '),
        draft: another,
        ...(untested ? { untested } : {}),
        ...(secret === undefined ? {} : { secret: 'changed' }),
        ...detail,
      },
    });
    return { ok: true } as const;
  });
}

/** Removes a connection with its links and failures. Sessions that came through it end, but for the one who removes it. Fails with `not-found`. */
export async function removeConnection(tenant: Tenant, id: string, cause: Cause) {
  return changeConnection(tenant, id, cause, 'sso_connection_remove', async (tx, { label }) => {
    await tx.delete(ssoConnections).where(isConnection(tenant.id, id));
    const ended = await tx
      .delete(sessions)
      .where(
        and(
          eq(sessions.tenantId, tenant.id),
          eq(sessions.connectionId, id),
          sql`${sessions.userId} is distinct from ${cause.actorId}::uuid`,
        ),
      )
      .returning({ id: sessions.id });
    return { name: label, ended: ended.length };
  });
}

/** Moves a connection one place on the sign-in page; at the end of the list it stays. Fails with `not-found`. */
export async function moveConnection(tenant: Tenant, id: string, direction: 'up' | 'down', cause: Cause) {
  return changeConnection(tenant, id, cause, 'sso_connection_update', async (tx, { id }) => {
    const order = await tx
      .select({ id: ssoConnections.id })
      .from(ssoConnections)
      .where(eq(ssoConnections.tenantId, tenant.id))
      .orderBy(asc(ssoConnections.position), asc(ssoConnections.createdAt));
    const ids = order.map((row) => row.id);
    const at = ids.indexOf(id);
    const to = at + (direction === 'up' ? -1 : 1);
    if (to >= 0 && to < ids.length) ids.splice(to, 0, ...ids.splice(at, 1));
    const moved = { 'old.position': at + 1, 'new.position': ids.indexOf(id) + 1 };
    for (const [index, each] of ids.entries())
      await tx
        .update(ssoConnections)
        .set({ position: index + 1 })
        .where(isConnection(tenant.id, each));
    return { changed: 'position', ...moved };
  });
}

/** Switches a connection off or on. One that stood instead of passwords comes back beside them. Sessions go on. Fails with `not-found`. */
export async function setEnabled(tenant: Tenant, id: string, enabled: boolean, cause: Cause) {
  return changeConnection(tenant, id, cause, 'sso_connection_state', async (tx, row) => {
    await tx
      .update(ssoConnections)
      .set({
        enabled,
        updatedAt: sql`now()`,
        ...(enabled
          ? {}
          : {
              state: sql`case when ${ssoConnections.state} = 'instead' then 'beside' else ${ssoConnections.state} end`,
            }),
      })
      .where(isConnection(tenant.id, id));
    const state = !enabled && row.state === 'instead' ? 'beside' : row.state;
    return { enabled, ...changesBetween(row, { enabled, state }) };
  });
}

/** Locks what hides passwords, so that of two changes at once the second sees the first. */
export async function lockPolicy(tx: Tx, tenantId: string) {
  await tx.select({ id: policies.tenantId }).from(policies).where(eq(policies.tenantId, tenantId)).for('update');
}

/** Passwords are hidden while some enabled connection stands instead of them. */
export async function updatePasswordHidden(tx: Tx, tenantId: string) {
  await tx
    .update(policies)
    .set({
      passwordHidden: sql`exists (select from sso_connections where tenant_id = ${tenantId} and enabled and state = 'instead')`,
    })
    .where(eq(policies.tenantId, tenantId));
}

/** One change to one connection, with what it means for passwords and its audit event in the same transaction. */
async function changeConnection(
  tenant: Tenant,
  asked: string,
  cause: Cause,
  event: 'sso_connection_update' | 'sso_connection_remove' | 'sso_connection_state',
  carryOut: (
    tx: Tx,
    row: Pick<typeof ssoConnections.$inferSelect, 'id' | 'label' | 'enabled' | 'state'>,
  ) => Promise<AuditDetail>,
) {
  const id = readId(asked);
  if (!id) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    await lockPolicy(tx, tenant.id);
    const [row] = await tx
      .select({
        id: ssoConnections.id,
        label: ssoConnections.label,
        enabled: ssoConnections.enabled,
        state: ssoConnections.state,
      })
      .from(ssoConnections)
      .where(isConnection(tenant.id, id))
      .for('update');
    if (!row) return failure('not-found');
    const detail = await carryOut(tx, row);
    await updatePasswordHidden(tx, tenant.id);
    await record(tx, tenant.id, cause, event, { detail: { connection: id, ...detail } });
    return { ok: true } as const;
  });
}

async function isTaken(tx: Tx, tenantId: string, issuer: string) {
  const same = and(
    eq(ssoConnections.tenantId, tenantId),
    eq(ssoConnections.protocol, 'saml'),
    eq(ssoConnections.issuer, issuer),
  );
  return (await tx.$count(ssoConnections, same)) > 0;
}

/** What makes a provider this very one, besides its issuer. */
function clientKey(settings: ConnectionSettings) {
  return 'clientId' in settings ? `${settings.clientId} ${settings.entraTenant ?? ''}` : settings.signOnUrl;
}
