import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';

type At = Pick<Tenant, 'slug' | 'domain'>;

/** Auth.js finds provider and step in an address below this one. */
export const AUTH_BASE = '/api/auth';

/** What Auth.js calls a connection; no two share a name. */
export function providerId(connectionId: string) {
  return `oidc-${connectionId}`;
}

/** Promises the connection that a callback's last segment names, if it could name one. */
export function connectionIn(provider: string) {
  return provider.startsWith('oidc-') ? provider.slice('oidc-'.length) : '';
}

/** The address that a provider sends people back to; it is registered there. */
export function callbackAddress(tenant: At, connectionId: string) {
  return `${tenantOrigin(tenant)}${AUTH_BASE}/callback/${providerId(connectionId)}`;
}

/** The address that a provider sends people back to who have signed out there. */
export function afterLogoutAddress(tenant: At) {
  return `${tenantOrigin(tenant)}/sign-in?reason=signed-out`;
}

/** The address at which a provider says that somebody has signed out there. */
export function backChannelLogoutAddress(tenant: At, connectionId: string) {
  return `${tenantOrigin(tenant)}/sso/oidc/${connectionId}/back-channel-logout`;
}
