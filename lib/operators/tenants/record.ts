import type { Tx } from '@/db';
import type { AuditEvent } from '@/lib/audit/events';
import { PROVIDER } from '@/lib/audit/provider';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Records an operator's change to a tenant: in the tenant's chain as the provider's, in the
 * provider's with the operator.
 */
export function recordAtBoth(
  tx: Tx,
  tenant: Pick<Tenant, 'id' | 'accountId'>,
  cause: Cause,
  event: AuditEvent,
  detail: AuditDetail = {},
) {
  record(tx, tenant.id, { ...cause, actorId: null }, event, { detail: { ...detail, operator: true } });
  recordAtProvider(tx, tenant, cause, event, detail);
}

/** Records an operator's change in the provider's chain alone. */
export function recordAtProvider(
  tx: Tx,
  tenant: Pick<Tenant, 'id' | 'accountId'>,
  cause: Cause,
  event: AuditEvent,
  detail: AuditDetail = {},
) {
  record(tx, PROVIDER, cause, event, {
    subjectId: tenant.id,
    detail: { tenant: tenant.accountId, ...detail },
  });
}
