import { afterLogoutAddress, backChannelLogoutAddress, callbackAddress } from '@/lib/sso/connections/oidc-addresses';
import { samlAddresses } from '@/lib/sso/connections/saml-addresses';
import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';

type Of = Pick<Tenant, 'slug' | 'domain'>;

/** Promises what the administrator of a provider must know of us, in the order of most providers' forms. */
export function ourAddresses(tenant: Of, protocol: 'oidc' | 'saml', id: string) {
  if (protocol === 'oidc') return oidcAddresses(tenant, id);
  const { entityId, acs, logout, metadata } = samlAddresses(tenant, id);
  return { entityId, acs, logout, metadata };
}

/**
 * Promises what an OpenID Connect provider must know of us for a connection.
 * @internal Exported for its test.
 */
export function oidcAddresses(tenant: Of, id: string) {
  return {
    redirectUri: callbackAddress(tenant, id),
    afterLogout: afterLogoutAddress(tenant),
    backChannel: backChannelLogoutAddress(tenant, id),
  };
}

/** Promises where the tenant's people begin. */
export function signInAddress(tenant: Of) {
  return `${tenantOrigin(tenant)}/sign-in`;
}

/** Promises where an emergency account signs in with its password while passwords are hidden. */
export function emergencyAddress(tenant: Of) {
  return `${signInAddress(tenant)}/emergency`;
}
