import {
  afterLogoutAddress,
  backChannelLogoutAddress,
  callbackAddress,
  type TenantHost,
} from '@/lib/sso/connections/oidc-addresses';
import { samlAddresses } from '@/lib/sso/connections/saml-addresses';
import { tenantOrigin } from '@/lib/tenants/tenants';

/** Returns what a provider must know about us, in the order of most providers' forms. */
export function ourAddresses(tenant: TenantHost, protocol: 'oidc' | 'saml', id: string) {
  if (protocol === 'oidc') return oidcAddresses(tenant, id);
  const { entityId, acs, logout, metadata } = samlAddresses(tenant, id);
  return { entityId, acs, logout, metadata };
}

/**
 * Returns what an OpenID Connect provider must know of us for a connection.
 * @internal Exported for its test.
 */
export function oidcAddresses(tenant: TenantHost, id: string) {
  return {
    redirectUri: callbackAddress(tenant, id),
    afterLogout: afterLogoutAddress(tenant),
    backChannel: backChannelLogoutAddress(tenant, id),
  };
}

/** Returns the address of the tenant's sign-in page. */
export function signInAddress(tenant: TenantHost) {
  return `${tenantOrigin(tenant)}/sign-in`;
}

/** Returns where emergency accounts sign in with a password while passwords are hidden. */
export function emergencyAddress(tenant: TenantHost) {
  return `${signInAddress(tenant)}/emergency`;
}
