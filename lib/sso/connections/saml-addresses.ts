import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';

/** Promises what an identity provider must know of us for a connection. Our entity ID is the address of our metadata. */
export function samlAddresses(tenant: Pick<Tenant, 'slug' | 'domain'>, connectionId: string) {
  const base = `${tenantOrigin(tenant)}/sso/saml/${connectionId}`;
  return { entityId: `${base}/metadata`, metadata: `${base}/metadata`, acs: `${base}/acs`, logout: `${base}/logout` };
}
