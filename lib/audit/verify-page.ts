import { statementIn, withTenant } from '@/db';
import { latestAnchor } from '@/lib/audit/anchor';
import { EVENT_COLUMNS, type EventRow, hasOwnMac } from '@/lib/audit/bad-events';
import { sameBytes } from '@/lib/crypto';

const PAGE = 2000;
/** How many bad events are listed; all are counted. */
const LISTED = 20;

/**
 * How far a check has come. `attested`: the chain itself says why its beginning was removed.
 * `badSeqs` are the numbers of the first bad events.
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
 * The result of one page. `seen` is the end that this process knew before it read, because events
 * written meanwhile prove nothing about it.
 */
export type CheckedPage = {
  reached: Reached;
  end: boolean;
  last: number;
  cutAt: number | null;
  seen: ReturnType<typeof latestAnchor>;
};

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

/** Checks one page of events after `before`. Counts a bad event and continues after it. */
export async function verifyPage(tenantId: string, before: Reached): Promise<CheckedPage> {
  const seen = latestAnchor(tenantId);
  const rows = await readPage(tenantId, before.seq);
  const head = rows[0];
  if (!head) return { reached: before, end: true, last: before.seq, cutAt: null, seen };
  let at: Reached =
    // Retention may have removed the next events meanwhile.
    Number(head.base_seq) > before.seq
      ? { ...begin(Number(head.base_seq), head.base_mac), bad: before.bad, badSeqs: before.badSeqs }
      : { ...before };
  for (const row of rows) if (row.seq !== null && Number(row.seq) > at.seq) at = addEvent(tenantId, at, row);
  const end = at.seq === before.seq || rows.length < PAGE;
  return { reached: at, end, last: Number(head.head_seq), cutAt: end ? cutOf(at, head) : null, seen };
}

type ChainRow = {
  base_seq: string;
  base_mac: Buffer;
  head_seq: string;
  head_mac: Buffer;
} & EventRow;

/** Reads in one statement, so that ends and events belong to the same moment. */
function readPage(tenantId: string, after: number) {
  return withTenant(tenantId, (tx) =>
    statementIn<ChainRow>(
      tx,
      `select h.base_seq, h.base_mac, h.seq as head_seq, h.mac as head_mac, ${EVENT_COLUMNS}
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

/** Returns the check after one more event. Events missing before it count as bad. */
function addEvent(tenantId: string, before: Reached, row: ChainRow): Reached {
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

/** Returns where events are missing at the end, or at a beginning that no event explains. */
function cutOf(at: Reached, head: ChainRow) {
  // A bad last event is counted already, and its stored MAC is not the end's.
  const isEnd = sameBytes(head.head_mac, at.mac) || at.badSeqs.includes(at.seq);
  if (Number(head.head_seq) !== at.seq || !isEnd) return at.seq + 1;
  return at.attested ? null : at.from;
}
