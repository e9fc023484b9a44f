import type { Entitlement } from '@/lib/tenants/tenants';

export type Role = 'agent' | 'administrator';

/** What a person may open. The only place that says so: pages, actions and the menu ask here. Pure. */
export function mayOpen(screen: 'users' | 'security', who: { role: Role }) {
  return who.role === 'administrator' && (screen === 'users' || screen === 'security');
}

/** Whether the operator has switched a feature on for the tenant. */
export function isEntitled(tenant: { entitlements: Entitlement[] }, entitlement: Entitlement) {
  return tenant.entitlements.includes(entitlement);
}
