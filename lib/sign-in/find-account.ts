import type { Cause } from '@/lib/audit/record';
import { returnOnOutage, takeVolume } from '@/lib/rate-limit/limiter';
import { failure } from '@/lib/result';
import { findTenant, tenantOrigin } from '@/lib/tenants/tenants';

/**
 * Returns the sign-in page of an account. Fails with `no-account`, or `too-many` for a busy
 * address.
 */
export async function findAccount(accountId: string, cause: Cause) {
  const volume = await takeVolume('find', 'root', cause.address);
  if (!volume.ok) return volume;
  const tenant = await returnOnOutage(['find', 'root', cause.address], () => findTenant(accountId));
  if (!tenant) return failure('no-account');
  return { ok: true, url: `${tenantOrigin(tenant)}/sign-in` } as const;
}
