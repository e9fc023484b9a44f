import type { Entitlement } from '@/db/schema/tenants';

export { ENTITLEMENTS, type Entitlement } from '@/db/schema/tenants';

/** Whether the operator has switched a feature on for the tenant. */
export function isEntitled(tenant: { entitlements: Entitlement[] }, entitlement: Entitlement) {
  return tenant.entitlements.includes(entitlement);
}
