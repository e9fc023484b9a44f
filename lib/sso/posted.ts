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

/**
 * What a message is: the answer to a request of ours, which needs one that waits, or one that
 * anyone can send.
 */
type Posted = 'answer' | 'unasked' | 'logout';

/**
 * Counts one verification for a connection. Returns false if too many of this kind have failed:
 * what anyone can send must not keep users from signing in.
 */
export async function admitVerification(tenant: Pick<Tenant, 'id'>, connectionId: string, kind: Posted) {
  return (await takeVolume('sso-connection', scopeOf(tenant, connectionId, kind), '-')).ok;
}

/** Gives back the count of a message that proved genuine. */
export async function giveBackPosted(tenant: Pick<Tenant, 'id'>, connectionId: string, kind: Posted, cause: Cause) {
  await giveBackVolume('sso-post', tenant.id, cause.address);
  await giveBackVolume('sso-connection', scopeOf(tenant, connectionId, kind), '-');
}

function scopeOf(tenant: Pick<Tenant, 'id'>, connectionId: string, kind: Posted) {
  return `${tenant.id}:${connectionId}:${kind}`;
}

/** Where a browser is redirected when its address or its provider exceeds a limit. */
export const BUSY = { address: '/sign-in?reason=sso-busy' };
