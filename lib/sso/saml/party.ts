import { withTenant } from '@/db';
import { ssoConnections } from '@/db/schema/sso';
import type { SamlSettings } from '@/db/schema/sso-settings';
import { unseal } from '@/lib/crypto';
import { type Connection, findConnection, isConnection, secretContext } from '@/lib/sso/connections/connections';
import type { SamlParty } from '@/lib/sso/saml/check-signature';
import type { SigningKeys } from '@/lib/sso/saml/outgoing';
import type { Tenant } from '@/lib/tenants/tenants';

export type SamlConnection = Extract<Connection, { protocol: 'saml' }>;

/** Returns a connection's provider with our keys: the current pair signs, every pair decrypts. */
export async function loadParty(
  tenant: Tenant,
  connection: SamlConnection,
): Promise<SamlParty & { signing: SigningKeys }> {
  const { id, issuer, emailDomains } = connection;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({
        sealed: ssoConnections.sealedSecret,
        other: ssoConnections.sealedOtherSecret,
        settings: ssoConnections.settings,
      })
      .from(ssoConnections)
      .where(isConnection(tenant.id, id)),
  );
  if (!row?.sealed) throw new Error('a SAML connection without our key');
  // Settings are read with the key, so that key and certificate belong together.
  const settings = row.settings as SamlSettings;
  const privateKey = unseal(row.sealed, secretContext(tenant.id, id));
  const other = row.other ? [unseal(row.other, otherKeyContext(tenant.id, id))] : [];
  const signing = { privateKey, certificate: settings.ourCertificate };
  return { issuer, settings, emailDomains, signing, decryptionKeys: [privateKey, ...other] };
}

/** Returns the encryption context of the private key of `settings.otherKeys`. */
export function otherKeyContext(tenantId: string, id: string) {
  return `sso-other|${tenantId}|${id}`;
}

/** Returns a SAML connection; undefined for any other id. */
export async function findSamlConnection(tenant: Tenant, id: string): Promise<SamlConnection | undefined> {
  const connection = await findConnection(tenant, id);
  return connection?.protocol === 'saml' ? connection : undefined;
}
