import type { Cause } from '@/lib/audit/record';
import { giveBackVolume, takeVolume } from '@/lib/rate-limit/limiter';
import type { Tenant } from '@/lib/tenants/tenants';

/** Counts a message that anyone can post as a provider, before its body is read. Returns false where there were too many. */
export async function admitPosted(tenant: Tenant, cause: Cause) {
  return (await takeVolume('sso-post', tenant.id, cause.address)).ok;
}

/** Counts one verification of a connection's messages. Returns false where too many were in vain. */
export async function admitVerification(tenant: Tenant, connectionId: string) {
  return (await takeVolume('sso-connection', `${tenant.id}:${connectionId}`, '-')).ok;
}

/** Gives back what a message was counted: it was genuine. */
export async function giveBackPosted(tenant: Tenant, connectionId: string, cause: Cause) {
  await giveBackVolume('sso-post', tenant.id, cause.address);
  await giveBackVolume('sso-connection', `${tenant.id}:${connectionId}`, '-');
}

/** Where a browser goes whose address, or whose provider, has sent too much. */
export const BUSY = { address: '/sign-in?reason=sso-busy' };
