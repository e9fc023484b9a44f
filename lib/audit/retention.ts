import { statement, statementIn, withTenant } from '@/db';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';

/** Removed at once while the chain's end is locked: some 50 ms. */
const BATCH = 2000;

const cause: Cause = { actorId: null, address: 'system', userAgent: 'retention', requestId: 'retention' };

/**
 * Removes events older than LIFETIMES.auditEvent from every chain, which records where it begins.
 */
export async function purgeAudit() {
  const tenants = await statement<{ id: string }>('select id from tenants', []);
  for (const { id } of [...tenants, { id: PROVIDER }]) {
    while ((await purgeSome(id)) === BATCH);
  }
}

type Removed = { seq: string; mac: Buffer; at: string; removed: number };

/** Records the removal in its own transaction, so that any other missing beginning is detected. */
function purgeSome(tenantId: string) {
  return withTenant(tenantId, async (tx) => {
    const [gone] = await statementIn<Removed>(
      tx,
      `select seq, mac, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, removed from purge_audit($1, ${BATCH})`,
      [tenantId],
    );
    if (!gone) return 0;
    record(tx, tenantId, cause, 'audit_purge', {
      detail: {
        through: Number(gone.seq),
        mac: gone.mac.toString('base64url'),
        before: gone.at,
        removed: gone.removed,
      },
    });
    return gone.removed;
  });
}
