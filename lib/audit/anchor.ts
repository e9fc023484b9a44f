import { statement } from '@/db';
import type { Anchor } from '@/lib/audit/verify';
import { log } from '@/lib/log';

const told = new Map<string, number>();

/** Writes to the log where each tenant's chain ends, once per end: kept elsewhere, the lines let verifyAudit find a tail cut off. */
export async function tellAuditEnds() {
  const ends = await statement<{ tenant_id: string; seq: string; mac: Buffer }>('select * from audit_ends()', []);
  for (const { tenant_id, seq, mac } of ends) {
    if (told.get(tenant_id) === Number(seq)) continue;
    const anchor: Anchor = { seq: Number(seq), mac: mac.toString('base64url') };
    log().info({ audit: 'anchor', tenant: tenant_id, ...anchor });
    told.set(tenant_id, anchor.seq);
  }
}
