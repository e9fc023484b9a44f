import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';

/** Returns our addresses for a SAML connection. The entity ID is the address of our metadata. */
export function samlAddresses(tenant: Pick<Tenant, 'slug' | 'domain'>, connectionId: string) {
  const base = `${tenantOrigin(tenant)}/sso/saml/${connectionId}`;
  return { entityId: `${base}/metadata`, metadata: `${base}/metadata`, acs: `${base}/acs`, logout: `${base}/logout` };
}
