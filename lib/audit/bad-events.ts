import { statementIn, withTenant } from '@/db';
import { macOf } from '@/lib/audit/chain';
import type { AuditDetail } from '@/lib/audit/record';
import { isKnownKey, sameBytes } from '@/lib/crypto';

/** Returns the numbers of those events that were changed or no longer follow the one before. */
export async function badEventsIn(tenantId: string, events: { seq: number }[]) {
  const seqs = `{${events.map(({ seq }) => seq).join()}}`;
  const rows = await withTenant(tenantId, (tx) =>
    statementIn<EventRow & { before_mac: Buffer | null }>(
      tx,
      `select ${EVENT_COLUMNS}, b.mac as before_mac from audit_events e
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

/** What a check reads of an event `e`. */
export const EVENT_COLUMNS = `e.seq, floor(extract(epoch from e.at) * 1000)::bigint as at, e.event, e.actor_id, e.subject_id, e.address,
  e.request_id, e.detail, e.key_id, e.previous_mac, e.mac`;

export type EventRow = {
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

/** Returns whether an event's MAC is that of its own content, under a known key. */
export function hasOwnMac(tenantId: string, row: EventRow) {
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
