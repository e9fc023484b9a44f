import { randomUUID } from 'node:crypto';
import { and, asc, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { policies } from '@/db/schema/policies';
import { sessions } from '@/db/schema/sessions';
import { ssoConnections, ssoLinks } from '@/db/schema/sso';
import { type Cause, record } from '@/lib/audit/record';
import { seal } from '@/lib/crypto';
import { conflictWith } from '@/lib/edit-stamp';
import { isEntitled } from '@/lib/permissions';
import { failure } from '@/lib/result';
import { isConnection, type OfProtocol, savedConnection, secretContext } from '@/lib/sso/connections';
import type { ConnectionSettings } from '@/lib/sso/settings';
import type { Tenant } from '@/lib/tenants/tenants';
import { isId } from '@/lib/users';

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
} & OfProtocol;

type ConnectionChange = Partial<Omit<NewConnection, 'id' | 'protocol' | 'settings'>> & {
  settings?: ConnectionSettings;
};

/** Promises the id of a new draft at the end of the list. Fails with `not-entitled`, or `taken` where the entity ID has a connection. */
export async function createConnection(tenant: Tenant, input: NewConnection, cause: Cause) {
  if (!isEntitled(tenant, 'single-sign-on')) return failure('not-entitled');
  const { secret, id = randomUUID(), ...rest } = input;
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
      detail: { connection: id, protocol: input.protocol, issuer: input.issuer },
    });
    return { ok: true, id } as const;
  });
}

/**
 * Changes a connection; a secret that is not given stays. Another issuer, client or address to sign in at makes it another
 * provider: its links go and it is a draft again. New keys and certificates alone are a rotation, which must not stop anyone.
 * Fails with `not-found`, or `taken`.
 */
export async function updateConnection(
  tenant: Tenant,
  id: string,
  change: ConnectionChange,
  cause: Cause,
  version?: string,
) {
  if (!isId(id)) return failure('not-found');
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
    const another = issuer !== row.issuer || clientOf(rest.settings ?? row.settings) !== clientOf(row.settings);
    await tx
      .update(ssoConnections)
      .set({
        ...rest,
        ...(secret === undefined
          ? {}
          : { sealedSecret: secret === null ? null : seal(secret, secretContext(tenant.id, id)) }),
        ...(another ? { state: 'draft' as const, testedAt: null, administratorAt: null } : {}),
        updatedAt: sql`now()`,
      })
      .where(isConnection(tenant.id, id));
    if (another) {
      await tx.delete(ssoLinks).where(and(eq(ssoLinks.tenantId, tenant.id), eq(ssoLinks.connectionId, id)));
      await hidePasswordsAsConnectionsSay(tx, tenant.id);
    }
    await record(tx, tenant.id, cause, 'sso_connection_update', {
      detail: { connection: id, changed: Object.keys(change).sort().join(' '), draft: another },
    });
    return { ok: true } as const;
  });
}

/** Removes a connection with its links and failures. Sessions that came through it end, but for the one who removes it. Fails with `not-found`. */
export async function removeConnection(tenant: Tenant, id: string, cause: Cause) {
  return change(tenant, id, cause, 'sso_connection_remove', async (tx) => {
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
    return { ended: ended.length };
  });
}

/** Moves a connection one place on the sign-in page; at the end of the list it stays. Fails with `not-found`. */
export async function moveConnection(tenant: Tenant, id: string, direction: 'up' | 'down', cause: Cause) {
  return change(tenant, id, cause, 'sso_connection_update', async (tx) => {
    const order = await tx
      .select({ id: ssoConnections.id })
      .from(ssoConnections)
      .where(eq(ssoConnections.tenantId, tenant.id))
      .orderBy(asc(ssoConnections.position), asc(ssoConnections.createdAt));
    const ids = order.map((row) => row.id);
    const at = ids.indexOf(id);
    const to = at + (direction === 'up' ? -1 : 1);
    if (to >= 0 && to < ids.length) ids.splice(to, 0, ...ids.splice(at, 1));
    for (const [index, each] of ids.entries())
      await tx
        .update(ssoConnections)
        .set({ position: index + 1 })
        .where(isConnection(tenant.id, each));
    return { changed: 'position' };
  });
}

/** Switches a connection off or on. One that stood instead of passwords comes back beside them. Sessions go on. Fails with `not-found`. */
export async function setEnabled(tenant: Tenant, id: string, enabled: boolean, cause: Cause) {
  return change(tenant, id, cause, 'sso_connection_state', async (tx) => {
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
    return { enabled };
  });
}

/** Locks what hides passwords, so that of two changes at once the second sees the first. */
export async function lockPolicy(tx: Tx, tenantId: string) {
  await tx.select({ id: policies.tenantId }).from(policies).where(eq(policies.tenantId, tenantId)).for('update');
}

/** Passwords are hidden while some enabled connection stands instead of them. */
export async function hidePasswordsAsConnectionsSay(tx: Tx, tenantId: string) {
  await tx
    .update(policies)
    .set({
      passwordHidden: sql`exists (select from sso_connections where tenant_id = ${tenantId} and enabled and state = 'instead')`,
    })
    .where(eq(policies.tenantId, tenantId));
}

/** One change to one connection, with what it means for passwords and its audit event in the same transaction. */
async function change(
  tenant: Tenant,
  id: string,
  cause: Cause,
  event: 'sso_connection_update' | 'sso_connection_remove' | 'sso_connection_state',
  carryOut: (tx: Tx) => Promise<Record<string, string | number | boolean>>,
) {
  if (!isId(id)) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    await lockPolicy(tx, tenant.id);
    const [row] = await tx
      .select({ id: ssoConnections.id })
      .from(ssoConnections)
      .where(isConnection(tenant.id, id))
      .for('update');
    if (!row) return failure('not-found');
    const detail = await carryOut(tx);
    await hidePasswordsAsConnectionsSay(tx, tenant.id);
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
function clientOf(settings: ConnectionSettings) {
  return 'clientId' in settings ? `${settings.clientId} ${settings.entraTenant ?? ''}` : settings.signOnUrl;
}
