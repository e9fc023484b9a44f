import type { Cause } from '@/lib/audit/record';
import { giveBackVolume, takeVolume } from '@/lib/rate-limit/limiter';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Counts a message that anyone can post as a provider, before its body is read. Returns false where
 * there were too many.
 */
export async function admitPosted(tenant: Tenant, cause: Cause) {
  return (await takeVolume('sso-post', tenant.id, cause.address)).ok;
}

/** Counts one verification for a connection. Returns false if too many have failed. */
export async function admitVerification(tenant: Tenant, connectionId: string) {
  return (await takeVolume('sso-connection', `${tenant.id}:${connectionId}`, '-')).ok;
}

/** Gives back the count of a message that proved genuine. */
export async function giveBackPosted(tenant: Tenant, connectionId: string, cause: Cause) {
  await giveBackVolume('sso-post', tenant.id, cause.address);
  await giveBackVolume('sso-connection', `${tenant.id}:${connectionId}`, '-');
}

/** Where a browser is redirected when its address or its provider exceeds a limit. */
export const BUSY = { address: '/sign-in?reason=sso-busy' };
