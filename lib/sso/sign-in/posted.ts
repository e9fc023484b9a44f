import type { Cause } from '@/lib/audit/record';
import { giveBackVolume, returnOnOutage, takeVolume, within } from '@/lib/rate-limit/limiter';
import { signInPath } from '@/lib/sessions/sign-in-path';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Counts a message that anyone can post as a provider before its body is read, and runs `work`.
 * Returns `busy` where there were too many.
 */
export function receivePosted<Sent>(tenant: Tenant, cause: Cause, busy: Sent, work: () => Promise<Sent>) {
  return within('sso-post', [tenant.id, cause.address], work, () => busy);
}

/**
 * What a message is: the answer to a request of ours, which needs one that waits, or one that
 * anyone can send.
 */
type PostedKind = 'answer' | 'unasked' | 'logout';

/**
 * Runs a verification for a connection, and counts it unless it proves genuine. Returns undefined
 * if too many have failed: each network has a few of its own, so that no stranger uses them up.
 */
export async function verifyPosted<Verified extends { ok: boolean }>(
  tenant: Pick<Tenant, 'id'>,
  connectionId: string,
  kind: PostedKind,
  cause: Pick<Cause, 'address'>,
  verify: () => Promise<Verified>,
): Promise<Verified | undefined> {
  const scope = `${tenant.id}:${connectionId}:${kind}`;
  const own = ['sso-check', scope, cause.address] as const;
  const isAdmitted = (await takeVolume(...own)).ok || (await takeVolume('sso-connection', scope, '-')).ok;
  if (!isAdmitted) return undefined;
  const verified = await returnOnOutage(own, verify);
  if (verified.ok) {
    await giveBackVolume('sso-post', tenant.id, cause.address);
    await giveBackVolume(...own);
  }
  return verified;
}

/** Where a browser is redirected when its address or its provider exceeds a limit. */
export const BUSY = { address: signInPath('sso-busy') };
