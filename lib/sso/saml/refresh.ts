import { eq, sql } from 'drizzle-orm';
import { statement, type Tx, withTenant } from '@/db';
import { ssoConnections } from '@/db/schema/sso';
import type { SamlSettings } from '@/db/schema/sso-settings';
import { type Cause, record } from '@/lib/audit/record';
import { addJob } from '@/lib/queue/queue';
import { failure } from '@/lib/result';
import { connectionChanges } from '@/lib/sso/connections/audit-detail';
import { findConnection, isConnection } from '@/lib/sso/connections/connections';
import { fetchMetadata, mergeCertificates, type ProviderMetadata } from '@/lib/sso/saml/metadata';
import { isEntitled } from '@/lib/tenants/entitlements';
import { findTenantById, type Tenant } from '@/lib/tenants/tenants';

export type MetadataJob = { tenantId: string; connectionId: string };

const WORKER_CAUSE: Cause = { actorId: null, address: '-', userAgent: '', requestId: 'worker' };

/** Queues one job for each connection with a metadata address, so that none delays another. */
export async function queueRefreshes() {
  for (const { id } of await statement<{ id: string }>(`select id from tenants where status = 'active'`, [])) {
    await withTenant(id, async (tx) => {
      for (const connectionId of await listRefetched(tx, id))
        await addJob(tx, 'saml-metadata', { tenantId: id, connectionId });
    });
  }
}

/** Runs one job. A failure is stored in the connection's settings for the administrator. */
export async function runRefresh({ tenantId, connectionId }: MetadataJob) {
  const tenant = await findTenantById(tenantId);
  if (tenant && isEntitled(tenant, 'single-sign-on')) await refreshMetadata(tenant, connectionId, WORKER_CAUSE);
}

/**
 * Fetches a connection's metadata again, merges certificates and replaces addresses. On a failure
 * the last copy stays and the failure is stored. Fails with `not-found`, `metadata-other` (the
 * address describes another provider), and as fetchMetadata does.
 */
export async function refreshMetadata(tenant: Tenant, connectionId: string, cause: Cause, now = new Date()) {
  const connection = await findConnection(tenant, connectionId);
  if (connection?.protocol !== 'saml' || !connection.settings.metadataUrl) return failure('not-found');
  const url = connection.settings.metadataUrl;
  const fetched = await fetchMetadata(url, now);
  return withTenant(tenant.id, async (tx) => {
    const [row] = await tx.select().from(ssoConnections).where(isConnection(tenant.id, connection.id)).for('update');
    const settings = row?.settings as SamlSettings | undefined;
    // An administrator changed the address during the fetch.
    if (!row || !settings || settings.metadataUrl !== url) return failure('not-found');
    const found = fetched.ok && fetched.metadata.entityId !== row.issuer ? failure('metadata-other') : fetched;
    const next = found.ok ? renewSettings(settings, found.metadata, now) : failedFetch(settings, found);
    await tx
      .update(ssoConnections)
      .set({ settings: next, updatedAt: sql`now()` })
      .where(isConnection(tenant.id, connection.id));
    const changed = changedBetween(settings, next);
    if (changed) {
      const differences = connectionChanges(row, { settings: next });
      const detail = { connection: connection.id, changed, by: 'metadata', draft: false, ...differences };
      record(tx, tenant.id, cause, 'sso_connection_update', { detail });
    }
    return found.ok ? ({ ok: true } as const) : found;
  });
}

function renewSettings(settings: SamlSettings, metadata: ProviderMetadata, now: Date): SamlSettings {
  const { entityId: _same, certificates, ...addresses } = metadata;
  return {
    ...settings,
    ...addresses,
    certificates: mergeCertificates(settings.certificates, certificates, now),
    metadataFetchedAt: now.toISOString(),
    metadataError: null,
    metadataErrorDetail: undefined,
  };
}

function failedFetch(settings: SamlSettings, { ok: _, error, ...detail }: { ok: false; error: string }): SamlSettings {
  return { ...settings, metadataError: error, metadataErrorDetail: detail };
}

function changedBetween(before: SamlSettings, after: SamlSettings) {
  const parts = {
    certificates: (settings: SamlSettings) => settings.certificates.map((one) => `${one.fingerprint} ${one.goneSince}`),
    addresses: ({ signOnUrl, signOnBinding, logoutUrl, logoutBinding, logoutResponseUrl }: SamlSettings) => [
      signOnUrl,
      signOnBinding ?? 'redirect',
      logoutUrl,
      logoutBinding ?? 'redirect',
      logoutResponseUrl ?? null,
    ],
    error: ({ metadataError }: SamlSettings) => metadataError,
  };
  return Object.entries(parts)
    .filter(([, part]) => JSON.stringify(part(before)) !== JSON.stringify(part(after)))
    .map(([name]) => name)
    .join(' ');
}

async function listRefetched(tx: Tx, tenantId: string) {
  const rows = await tx
    .select({ id: ssoConnections.id, settings: ssoConnections.settings, enabled: ssoConnections.enabled })
    .from(ssoConnections)
    .where(eq(ssoConnections.tenantId, tenantId));
  return rows
    .filter(({ settings, enabled }) => enabled && 'metadataUrl' in settings && settings.metadataUrl)
    .map(({ id }) => id);
}
