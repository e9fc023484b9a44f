import { and, asc, eq, inArray } from 'drizzle-orm';
import { withTenant } from '@/db';
import { type Purpose, ssoConnections } from '@/db/schema/sso';
import type { OidcSettings, SamlSettings } from '@/db/schema/sso-settings';
import { seal, unseal } from '@/lib/crypto';
import type { Saved } from '@/lib/forms/version';
import { readId } from '@/lib/ids';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';

/** An identity provider of a tenant. Only readSecret reads its secret. */
export type Connection = {
  id: string;
  label: string;
  position: number;
  state: 'draft' | 'tested' | 'beside' | 'instead';
  enabled: boolean;
  issuer: string;
  hasSecret: boolean;
  secretExpiresAt: Date | null;
  createUsers: boolean;
  createRole: 'agent' | 'administrator';
  emailDomains: string[];
  testedAt: Date | null;
  administratorAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
} & ProtocolSettings;

export type ProtocolSettings =
  | { protocol: 'oidc'; settings: OidcSettings }
  | { protocol: 'saml'; settings: SamlSettings };

/** Returns the tenant's connections in the order of its sign-in page. */
export async function listConnections(tenant: Tenant): Promise<Connection[]> {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select()
      .from(ssoConnections)
      .where(eq(ssoConnections.tenantId, tenant.id))
      .orderBy(asc(ssoConnections.position), asc(ssoConnections.createdAt)),
  );
  return rows.map(toConnection);
}

/** Returns a connection, or undefined for an id that none has. */
export async function findConnection(tenant: Tenant, idText: string): Promise<Connection | undefined> {
  const id = readId(idText);
  if (!id) return undefined;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx.select().from(ssoConnections).where(isConnection(tenant.id, id)),
  );
  return row && toConnection(row);
}

/** Returns the connections that the sign-in page shows a button for. */
export async function listOfferedConnections(tenant: Tenant) {
  if (!isEntitled(tenant, 'single-sign-on')) return [];
  return withTenant(tenant.id, (tx) =>
    tx
      .select({ id: ssoConnections.id, label: ssoConnections.label })
      .from(ssoConnections)
      .where(
        and(
          eq(ssoConnections.tenantId, tenant.id),
          eq(ssoConnections.enabled, true),
          inArray(ssoConnections.state, ['beside', 'instead']),
        ),
      )
      .orderBy(asc(ssoConnections.position), asc(ssoConnections.createdAt)),
  );
}

/** Returns the saved values that the form of a connection shows. */
export function savedConnection(connection: ShownConnection): Saved {
  const { label, createUsers, createRole, emailDomains, settings } = connection;
  const shared = { label, createUsers, createRole, emailDomains: emailDomains.join(' '), logout: settings.logout };
  if ('clientId' in connection.settings) {
    const { clientId, scopes, tokenAuth, entraTenant } = connection.settings;
    const ends = connection.secretExpiresAt?.toISOString().slice(0, 10) ?? null;
    const client = { clientId, ends, scopes: scopes.join(' '), tokenAuth, entraTenant };
    const { trustsAddresses = false, configurationQuery = null } = connection.settings;
    return { ...shared, issuer: connection.issuer, ...client, trustsAddresses, configurationQuery };
  }
  const { emailAttribute, responseSigned, idpInitiated, metadataUrl } = connection.settings;
  return { ...shared, emailAttribute, responseSigned, idpInitiated, metadataUrl };
}

type ShownConnection = Pick<
  Connection,
  'label' | 'issuer' | 'secretExpiresAt' | 'createUsers' | 'createRole' | 'emailDomains'
> & {
  settings: OidcSettings | SamlSettings;
};

/** Returns whether a connection may be used for a purpose. Checked at both ends of a round trip. */
export function isAvailableFor(tenant: Tenant, connection: Connection, purpose: Purpose) {
  if (!connection.enabled || !isEntitled(tenant, 'single-sign-on')) return false;
  return purpose === 'test' || purpose === 'logout' || connection.state === 'beside' || connection.state === 'instead';
}

/** Returns the client secret (OIDC) or our private key (SAML) in clear; null if it has none. */
export async function readSecret(tenant: Tenant, idText: string): Promise<string | null> {
  const id = readId(idText);
  if (!id) return null;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx.select({ sealed: ssoConnections.sealedSecret }).from(ssoConnections).where(isConnection(tenant.id, id)),
  );
  return row?.sealed ? unseal(row.sealed, secretContext(tenant.id, id)) : null;
}

/** Seals a client secret or private key for its column. */
export function sealSecret(tenantId: string, id: string, secret: string | null) {
  return secret === null ? null : seal(secret, secretContext(tenantId, id));
}

export function isConnection(tenantId: string, id: string) {
  return and(eq(ssoConnections.tenantId, tenantId), eq(ssoConnections.id, id));
}

export function secretContext(tenantId: string, id: string) {
  return `sso|${tenantId}|${id}`;
}

function toConnection({
  tenantId: _tenant,
  sealedSecret,
  sealedOtherSecret: _other,
  ...row
}: typeof ssoConnections.$inferSelect) {
  return { ...row, hasSecret: sealedSecret !== null } as Connection;
}
