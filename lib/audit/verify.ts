import { and, asc, eq, gt } from 'drizzle-orm';
import { withTenant } from '@/db';
import { auditEvents, auditHeads } from '@/db/schema/audit';
import { macOf } from '@/lib/audit/record';
import { sameBytes } from '@/lib/crypto';

const PAGE = 1000;

/** Where a chain was seen to end, kept outside the database: a cut tail shows against it. */
export type Anchor = { seq: number; mac: string };

/** Promises the first sequence number that does not hold, or how many events do. `anchor` also finds a tail cut off. */
export async function verifyAudit(tenantId: string, anchor?: Anchor) {
  let seq = 0;
  let mac: Buffer = Buffer.alloc(32);
  let anchored = !anchor;
  for (;;) {
    const rows = await withTenant(tenantId, (tx) =>
      tx
        .select()
        .from(auditEvents)
        .where(and(eq(auditEvents.tenantId, tenantId), gt(auditEvents.seq, seq)))
        .orderBy(asc(auditEvents.seq))
        .limit(PAGE),
    );
    for (const row of rows) {
      const holds =
        row.seq === seq + 1 &&
        sameBytes(row.previousMac, mac) &&
        sameBytes(row.mac, macOf({ ...row, at: row.at.getTime() }, mac, row.keyId));
      if (!holds) return { ok: false, error: 'broken', seq: seq + 1 } as const;
      seq = row.seq;
      mac = row.mac;
      if (anchor?.seq === seq) anchored = mac.toString('base64url') === anchor.mac;
    }
    if (rows.length < PAGE) break;
  }
  const [head] = await withTenant(tenantId, (tx) =>
    tx.select().from(auditHeads).where(eq(auditHeads.tenantId, tenantId)),
  );
  if ((head?.seq ?? 0) !== seq || !anchored) return { ok: false, error: 'cut', seq: seq + 1 } as const;
  return { ok: true, events: seq, anchor: { seq, mac: mac.toString('base64url') } } as const;
}
