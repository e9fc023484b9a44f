import { signInPath } from '@/lib/sessions/sign-in-path';
import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';

export type TenantHost = Pick<Tenant, 'slug' | 'domain'>;

/** Auth.js reads provider and action from the path below this one. */
export const AUTH_BASE = '/api/auth';

/** Returns the provider ID of a connection in Auth.js. */
export function providerId(connectionId: string) {
  return `oidc-${connectionId}`;
}

/** Returns the connection ID in a provider ID; empty if it is of another form. */
export function connectionIn(provider: string) {
  return provider.startsWith('oidc-') ? provider.slice('oidc-'.length) : '';
}

/** Returns the redirect URI that is registered at the provider. */
export function callbackAddress(tenant: TenantHost, connectionId: string) {
  return `${tenantOrigin(tenant)}${AUTH_BASE}/callback/${providerId(connectionId)}`;
}

/** Returns the address that a provider redirects to after a logout. */
export function afterLogoutAddress(tenant: TenantHost) {
  return `${tenantOrigin(tenant)}${signInPath('signed-out')}`;
}

/** Returns the back-channel logout URI that is registered at the provider. */
export function backChannelLogoutAddress(tenant: TenantHost, connectionId: string) {
  return `${tenantOrigin(tenant)}/sso/oidc/${connectionId}/back-channel-logout`;
}
