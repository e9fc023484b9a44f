import { statementIn, withTenant } from '@/db';
import { type Anchor, keepAnchor, latestAnchor } from '@/lib/audit/anchor';
import { type AuditDetail, macOf } from '@/lib/audit/record';
import { isKnownKey, sameBytes } from '@/lib/crypto';

const PAGE = 2000;
/** How many bad events are listed; all are counted. */
const LISTED = 20;

/**
 * How far a check has come. `attested` is whether the chain itself says why its beginning is gone;
 * `badSeqs` are the first events that do not hold.
 */
export type Reached = {
  from: number;
  seq: number;
  mac: Buffer;
  attested: boolean;
  bad: number;
  badSeqs: number[];
};

/**
 * Checks a whole chain; see conclude. Calls `report` with the sequence number reached and the last
 * one.
 */
export async function verifyAudit(
  tenantId: string,
  anchors: Anchor[] = [],
  report?: (seq: number, last: number) => void,
) {
  let reached = await startOf(tenantId);
  for (;;) {
    const step = await verifyPage(tenantId, reached);
    reached = step.reached;
    report?.(reached.seq, step.last);
    if (step.end) return conclude(tenantId, step, anchors);
  }
}

/** Returns where a chain begins: after what retention has removed. */
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

/**
 * `seen` is the end that this process knew before it read: events written meanwhile are no proof
 * against what was read.
 */
type Step = {
  reached: Reached;
  end: boolean;
  last: number;
  cutAt: number | null;
  seen: ReturnType<typeof latestAnchor>;
};

/**
 * Checks some thousand events from where the last step stopped. Counts a bad event and continues
 * after it.
 */
export async function verifyPage(tenantId: string, before: Reached): Promise<Step> {
  const seen = latestAnchor(tenantId);
  const rows = await readPage(tenantId, before.seq);
  const head = rows[0];
  if (!head) return { reached: before, end: true, last: before.seq, cutAt: null, seen };
  let at: Reached =
    // Retention may meanwhile have removed what was to come next.
    Number(head.base_seq) > before.seq
      ? { ...begin(Number(head.base_seq), head.base_mac), bad: before.bad, badSeqs: before.badSeqs }
      : { ...before };
  for (const row of rows) if (row.seq !== null && Number(row.seq) > at.seq) at = behind(tenantId, at, row);
  const end = at.seq === before.seq || rows.length < PAGE;
  return { reached: at, end, last: Number(head.head_seq), cutAt: end ? cutOf(at, head) : null, seen };
}

/**
 * Returns what a finished check has found: how many events do not hold and which, from where on
 * they are missing at an end, up to where an anchor proves the chain (one of those given, or the
 * last end that this process has seen), and what each given anchor says.
 */
export async function conclude(tenantId: string, { reached, cutAt, seen }: Step, given: Anchor[] = []) {
  const { from, seq, bad, badSeqs } = reached;
  const anchors = await compareAnchors(tenantId, given, reached);
  const proofs = [...anchors, ...(await compareAnchors(tenantId, seen ? [seen] : [], reached))];
  const lost = proofs.filter(({ state }) => state === 'differs').map((proof) => Math.min(proof.seq, seq + 1));
  if (lost.length > 0 && seen?.missingFrom) lost.push(seen.missingFrom);
  const missing = cutAt ?? (lost.length > 0 ? Math.min(...lost) : null);
  if (bad > 0 || missing !== null) {
    const error = bad > 0 ? 'broken' : 'cut';
    const first = badSeqs[0] ?? missing ?? seq;
    return { ok: false, error, seq: first, events: seq - from, bad, badSeqs, cutAt: missing, anchors } as const;
  }
  const anchor = { seq, mac: reached.mac.toString('base64url') };
  keepAnchor(tenantId, anchor);
  const proved = proofs.filter(({ state }) => state === 'holds').map((proof) => proof.seq);
  return {
    ok: true,
    events: seq - from,
    anchor,
    proved: proved.length > 0 ? Math.max(...proved) : null,
    anchors,
  } as const;
}

/**
 * Returns which of these events do not hold: changed, or no longer behind the event before them.
 */
export async function badEventsIn(tenantId: string, events: { seq: number }[]) {
  const seqs = `{${events.map(({ seq }) => seq).join()}}`;
  const rows = await withTenant(tenantId, (tx) =>
    statementIn<EventRow & { before_mac: Buffer | null }>(
      tx,
      `select ${COLUMNS}, b.mac as before_mac from audit_events e
         left join audit_events b on b.tenant_id = e.tenant_id and b.seq = e.seq - 1
       where e.tenant_id = $1 and e.seq = any($2::text::bigint[])`,
      [tenantId, seqs],
    ),
  );
  const bad = rows.filter(
    (row) => !hasOwnMac(tenantId, row) || (row.before_mac && !sameBytes(row.previous_mac, row.before_mac)),
  );
  return new Set(bad.map(({ seq }) => Number(seq)));
}

const COLUMNS = `e.seq, floor(extract(epoch from e.at) * 1000)::bigint as at, e.event, e.actor_id, e.subject_id, e.address,
  e.request_id, e.detail, e.key_id, e.previous_mac, e.mac`;

type Row = {
  base_seq: string;
  base_mac: Buffer;
  head_seq: string;
  head_mac: Buffer;
} & EventRow;

type EventRow = {
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
      `select h.base_seq, h.base_mac, h.seq as head_seq, h.mac as head_mac, ${COLUMNS}
       from audit_heads h left join lateral (
         select * from audit_events where tenant_id = $1 and seq > greatest($2::bigint, h.base_seq) order by seq limit ${PAGE}) e on true
       where h.tenant_id = $1 order by e.seq`,
      [tenantId, after],
    ),
  );
}

function begin(seq: number, mac: Buffer): Reached {
  return { from: seq, seq, mac, attested: seq === 0, bad: 0, badSeqs: [] };
}

/**
 * Returns the check behind one more event. Events missing before it count as bad; behind a gap
 * nothing is known of the one before.
 */
function behind(tenantId: string, before: Reached, row: Row): Reached {
  const seq = Number(row.seq);
  const gap = seq - before.seq - 1;
  const follows = gap > 0 || sameBytes(row.previous_mac, before.mac);
  const good = follows && hasOwnMac(tenantId, row);
  const attests = good && row.event === 'audit_purge' && row.detail.through === before.from;
  const bad = Array.from({ length: Math.min(gap, LISTED) }, (_, index) => before.seq + 1 + index);
  if (!good) bad.push(seq);
  return {
    from: before.from,
    seq,
    mac: row.mac,
    attested: before.attested || attests,
    bad: before.bad + gap + (good ? 0 : 1),
    badSeqs: [...before.badSeqs, ...bad].slice(0, LISTED),
  };
}

function hasOwnMac(tenantId: string, row: EventRow) {
  if (!isKnownKey(row.key_id) || !row.detail || Array.isArray(row.detail)) return false;
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
  return sameBytes(row.mac, macOf(entry, row.previous_mac, row.key_id));
}

/**
 * Returns from where on events are missing at the end, or at a beginning that no event explains.
 */
function cutOf(at: Reached, head: Row) {
  // A last event that does not hold is counted already, and its stored MAC is not the end's.
  const isEnd = sameBytes(head.head_mac, at.mac) || at.badSeqs.includes(at.seq);
  if (Number(head.head_seq) !== at.seq || !isEnd) return at.seq + 1;
  return at.attested ? null : at.from;
}

/**
 * Compares ends that a chain was seen at with the chain. Retention may have removed one since; it
 * cannot be compared any more.
 */
async function compareAnchors(tenantId: string, anchors: Anchor[], { from, seq, mac }: Reached) {
  if (anchors.length === 0) return [];
  const rows = await withTenant(tenantId, (tx) =>
    statementIn<{ seq: string; mac: Buffer }>(
      tx,
      `select seq, mac from audit_events where tenant_id = $1 and seq = any($2::text::bigint[])
       union all select base_seq, base_mac from audit_heads where tenant_id = $1`,
      [tenantId, `{${anchors.map((anchor) => anchor.seq).join()}}`],
    ),
  );
  const macs = new Map([...rows, { seq, mac }].map((row) => [Number(row.seq), row.mac.toString('base64url')]));
  return anchors.map((anchor) => {
    const state = anchor.seq < from ? 'removed' : macs.get(anchor.seq) === anchor.mac ? 'holds' : 'differs';
    return { seq: anchor.seq, state } as const;
  });
}
