import { statementIn, withTenant } from '@/db';
import { type AuditDetail, macOf } from '@/lib/audit/record';
import { sameBytes } from '@/lib/crypto';

const PAGE = 2000;

/** Where a chain was seen to end, kept outside the database: a cut tail shows against it. */
export type Anchor = { seq: number; mac: string };

/** How far a look over a chain has come. `attested` is whether the chain itself says why its beginning is gone. */
export type Reached = { from: number; seq: number; mac: Buffer; attested: boolean };

/**
 * Promises the first sequence number that does not hold (`broken`), from which on events are gone (`cut`), or how many events there
 * are. `anchor` also finds a tail cut off together with its end; `tell` hears the sequence number reached and the last.
 */
export async function verifyAudit(tenantId: string, anchor?: Anchor, tell?: (seq: number, last: number) => void) {
  let reached = await startOf(tenantId);
  for (;;) {
    const step = await verifyPage(tenantId, reached);
    if (!step.ok) return step;
    reached = step.reached;
    tell?.(reached.seq, step.last);
    if (step.end) break;
  }
  if (anchor && !(await isAt(tenantId, anchor, reached)))
    return { ok: false, error: 'cut', seq: reached.seq + 1 } as const;
  return {
    ok: true,
    events: reached.seq - reached.from,
    anchor: { seq: reached.seq, mac: reached.mac.toString('base64url') },
  } as const;
}

/** Promises where a chain begins: behind what retention has removed. */
export async function startOf(tenantId: string): Promise<Reached> {
  const [base] = await withTenant(tenantId, (tx) =>
    statementIn<{ seq: string; mac: Buffer }>(
      tx,
      'select base_seq as seq, base_mac as mac from audit_heads where tenant_id = $1',
      [tenantId],
    ),
  );
  return begin(Number(base?.seq ?? 0), base?.mac ?? Buffer.alloc(32));
}

/** Promises how far the chain holds, some thousand events on, and whether that is its end. */
export async function verifyPage(tenantId: string, before: Reached) {
  const rows = await readPage(tenantId, before.seq);
  const head = rows[0];
  // Nothing was ever written, or retention has meanwhile removed what was to come next.
  if (!head) return { ok: true, reached: before, end: true, last: before.seq } as const;
  let at = Number(head.base_seq) > before.seq ? begin(Number(head.base_seq), head.base_mac) : { ...before };
  for (const row of rows) {
    if (row.seq === null || Number(row.seq) <= at.seq) continue;
    if (!holds(tenantId, row, at)) return { ok: false, error: 'broken', seq: at.seq + 1 } as const;
    at = { ...at, seq: Number(row.seq), mac: row.mac };
    if (row.event === 'audit_purge' && row.detail.through === at.from) at.attested = true;
  }
  const end = at.seq === before.seq || rows.length < PAGE;
  const last = Number(head.head_seq);
  if (end && (last !== at.seq || !sameBytes(head.head_mac, at.mac)))
    return { ok: false, error: 'cut', seq: at.seq + 1 } as const;
  if (end && !at.attested) return { ok: false, error: 'cut', seq: at.from } as const;
  return { ok: true, reached: at, end, last } as const;
}

type Row = {
  base_seq: string;
  base_mac: Buffer;
  head_seq: string;
  head_mac: Buffer;
  seq: string | null;
  at: string;
  event: string;
  actor_id: string | null;
  subject_id: string | null;
  address: string;
  request_id: string;
  detail: AuditDetail;
  key_id: string;
  previous_mac: Buffer;
  mac: Buffer;
};

/** One statement, so that ends and events are of one moment: others write and remove meanwhile. */
function readPage(tenantId: string, after: number) {
  return withTenant(tenantId, (tx) =>
    statementIn<Row>(
      tx,
      `select h.base_seq, h.base_mac, h.seq as head_seq, h.mac as head_mac, e.*,
         floor(extract(epoch from e.at) * 1000)::bigint as at
       from audit_heads h left join lateral (
         select seq, at, event, actor_id, subject_id, address, request_id, detail, key_id, previous_mac, mac
         from audit_events where tenant_id = $1 and seq > greatest($2::bigint, h.base_seq) order by seq limit ${PAGE}) e on true
       where h.tenant_id = $1 order by e.seq`,
      [tenantId, after],
    ),
  );
}

function begin(seq: number, mac: Buffer): Reached {
  return { from: seq, seq, mac, attested: seq === 0 };
}

function holds(tenantId: string, row: Row, before: Reached) {
  if (Number(row.seq) !== before.seq + 1 || !sameBytes(row.previous_mac, before.mac)) return false;
  const entry = {
    tenantId,
    seq: Number(row.seq),
    at: Number(row.at),
    event: row.event,
    actorId: row.actor_id,
    subjectId: row.subject_id,
    address: row.address,
    requestId: row.request_id,
    detail: row.detail,
  };
  return sameBytes(row.mac, macOf(entry, before.mac, row.key_id));
}

/** Whether the chain went through a place it was seen at; one that retention has removed since cannot be asked any more. */
async function isAt(tenantId: string, anchor: Anchor, { from, seq, mac }: Reached) {
  if (anchor.seq < from) return true;
  if (anchor.seq === seq) return mac.toString('base64url') === anchor.mac;
  const [row] = await withTenant(tenantId, (tx) =>
    statementIn<{ mac: Buffer }>(
      tx,
      `select mac from audit_events where tenant_id = $1 and seq = $2
       union all select base_mac from audit_heads where tenant_id = $1 and base_seq = $2`,
      [tenantId, anchor.seq],
    ),
  );
  return row?.mac.toString('base64url') === anchor.mac;
}
