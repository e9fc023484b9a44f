import type { Cause } from '@/lib/audit/record';
import { within } from '@/lib/rate-limit/limiter';
import { failure } from '@/lib/result';
import { findTenant, tenantOrigin } from '@/lib/tenants/tenants';

/**
 * Returns the sign-in page of an account. Fails with `no-account`, or `too-many` for a busy
 * address.
 */
export async function findAccount(accountId: string, cause: Cause) {
  return within('find', ['root', cause.address], async () => {
    const tenant = await findTenant(accountId);
    return tenant ? ({ ok: true, url: `${tenantOrigin(tenant)}/sign-in` } as const) : failure('no-account');
  });
}
