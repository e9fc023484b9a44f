import { statement, statementIn, withTenant } from '@/db';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';

/** Removed at once while the chain's end is locked: some 50 ms. */
const BATCH = 2000;

const cause: Cause = { actorId: null, address: 'system', userAgent: 'retention', requestId: 'retention' };

/** Removes what is older than 400 days from every chain; each chain says in itself where it begins since then. */
export async function purgeAudit() {
  const tenants = await statement<{ id: string }>('select id from tenants', []);
  for (const { id } of [...tenants, { id: PROVIDER }]) {
    while ((await purgeSome(id)) === BATCH);
  }
}

type Removed = { seq: string; mac: Buffer; at: string; removed: number };

/** The event is written in the transaction of the removal: a beginning that no event speaks of was cut off by somebody else. */
function purgeSome(tenantId: string) {
  return withTenant(tenantId, async (tx) => {
    const [gone] = await statementIn<Removed>(
      tx,
      `select seq, mac, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, removed from purge_audit($1, ${BATCH})`,
      [tenantId],
    );
    if (!gone) return 0;
    await record(tx, tenantId, cause, 'audit_purge', {
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
