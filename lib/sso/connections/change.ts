import { randomUUID } from 'node:crypto';
import { and, asc, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { ssoConnections } from '@/db/schema/sso';
import { changesBetween } from '@/lib/audit/changes';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import { connectionChanges } from '@/lib/sso/connections/audit-detail';
import { isConnection, type ProtocolSettings, sealSecret } from '@/lib/sso/connections/connections';
import { lockPolicy, updatePasswordHidden } from '@/lib/sso/connections/hidden-passwords';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';
import { checkTitle } from '@/lib/users/form';

export type NewConnection = {
  /** Set if the provider was given our addresses before the connection was saved. */
  id?: string;
  label: string;
  issuer: string;
  secret: string | null;
  secretExpiresAt: Date | null;
  createUsers: boolean;
  createRole: 'agent' | 'administrator';
  emailDomains?: string[];
} & ProtocolSettings;

/**
 * Adds a draft at the end of the list and returns its id. Fails with `not-entitled`, `taken` if a
 * connection has the entity ID, and as checkTitle does.
 */
export async function createConnection(tenant: Tenant, input: NewConnection, cause: Cause) {
  if (!isEntitled(tenant, 'single-sign-on')) return failure('not-entitled');
  const misnamed = checkTitle(input.label, 'label');
  if (misnamed) return misnamed;
  const { secret, id: idText = randomUUID(), ...rest } = input;
  const id = readId(idText);
  if (!id) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    await lockPolicy(tx, tenant.id);
    const added = await tx
      .insert(ssoConnections)
      .values({
        ...rest,
        tenantId: tenant.id,
        id,
        sealedSecret: sealSecret(tenant.id, id, secret),
        position: sql`(select coalesce(max(position), 0) + 1 from sso_connections where tenant_id = ${tenant.id})`,
      })
      .onConflictDoNothing()
      .returning({ id: ssoConnections.id });
    if (added.length === 0) return failure('taken', { field: 'issuer' });
    record(tx, tenant.id, cause, 'sso_connection_create', {
      detail: { connection: id, protocol: input.protocol, issuer: input.issuer, ...connectionChanges({}, rest) },
    });
    return { ok: true, id } as const;
  });
}

/**
 * Removes a connection with its links and failures, and ends the sessions it opened, except those
 * of the user who removes it. Fails with `not-found`.
 */
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

/** Moves a connection one place in the list, unless it is at the end. Fails with `not-found`. */
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

/**
 * Enables or disables a connection. Disabling one that hides passwords puts it back beside them.
 * Sessions continue. Fails with `not-found`.
 */
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

/** Changes a connection, whether passwords are hidden, and the audit trail in one transaction. */
async function changeConnection(
  tenant: Tenant,
  idText: string,
  cause: Cause,
  event: 'sso_connection_update' | 'sso_connection_remove' | 'sso_connection_state',
  apply: (
    tx: Tx,
    row: Pick<typeof ssoConnections.$inferSelect, 'id' | 'label' | 'enabled' | 'state'>,
  ) => Promise<AuditDetail>,
) {
  const id = readId(idText);
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
    const detail = await apply(tx, row);
    await updatePasswordHidden(tx, tenant.id);
    record(tx, tenant.id, cause, event, { detail: { connection: id, ...detail } });
    return { ok: true } as const;
  });
}
