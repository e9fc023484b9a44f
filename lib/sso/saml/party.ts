import { type Connection, findConnection, secretOf } from '@/lib/sso/connections';
import type { SamlParty } from '@/lib/sso/saml/check-signature';
import type { Tenant } from '@/lib/tenants/tenants';

export type SamlConnection = Extract<Connection, { protocol: 'saml' }>;

/** Promises a connection with our private key. A connection without one was never made by us. */
export async function partyOf(tenant: Tenant, connection: SamlConnection): Promise<SamlParty> {
  const privateKey = await secretOf(tenant, connection.id);
  if (!privateKey) throw new Error('a SAML connection without our key');
  return { issuer: connection.issuer, settings: connection.settings, privateKey };
}

/** Promises a connection that speaks SAML; undefined for any other, and for what is no connection. */
export async function findSamlConnection(tenant: Tenant, id: string): Promise<SamlConnection | undefined> {
  const connection = await findConnection(tenant, id);
  return connection?.protocol === 'saml' ? connection : undefined;
}
