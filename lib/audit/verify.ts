import { statementIn, withTenant } from '@/db';
import { type Anchor, keepAnchor } from '@/lib/audit/anchor';
import { type CheckedPage, type Reached, startOf, verifyPage } from '@/lib/audit/verify-page';

/**
 * Checks a whole chain and returns what `conclude` does. Calls `report` with the sequence number
 * reached and the last one.
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

/**
 * Returns the result of a finished check: how many events are bad and which, where events are
 * missing, up to which event an anchor proves the chain (a given one, or the last end that this
 * process has seen), and the state of each given anchor.
 */
export async function conclude(tenantId: string, { reached, cutAt, seen }: CheckedPage, given: Anchor[] = []) {
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

/** Compares anchors with the chain. One that retention has removed since cannot be compared. */
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
