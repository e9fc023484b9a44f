import { afterCommit, lastStatement, statementIn, switchTenant, type Tx } from '@/db';
import { keepAnchor, noteEnd } from '@/lib/audit/anchor';
import { keyedDigestUnder, writingKeyId } from '@/lib/crypto';
import { readId } from '@/lib/ids';
import { plainText } from '@/lib/text';

export type AuditDetail = Record<string, string | number | boolean | null>;

export type ChainEvent = {
  cause: { actorId: string | null; address: string; requestId: string };
  event: string;
  subjectId?: string | null;
  detail?: AuditDetail;
};

/** What a record says, in the form that its MAC covers. */
type AuditRecord = {
  tenantId: string;
  seq: number;
  at: number;
  event: string;
  actorId: string | null;
  subjectId: string | null;
  address: string;
  requestId: string;
  detail: AuditDetail;
};

/** The end of a chain, locked by the transaction that is about to add to it. */
export type Head = { seq: number; mac: string; at: number };

/** Of one text of an event, in code points. */
const LONGEST = 200;
/** Old and new values, a list of networks among them, are kept whole. */
const LONGEST_CHANGE = 3000;

/** Switches the transaction to the rows of a chain's tenant, and locks and returns its end. */
export async function lockHead(tx: Tx, tenantId: string) {
  // Sent together, in this order.
  const [, [head]] = await Promise.all([
    switchTenant(tx, tenantId),
    statementIn<Head>(
      tx,
      `select seq, encode(mac, 'base64') as mac, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at
       from lock_audit_head($1)`,
      [tenantId],
    ),
  ]);
  if (!head) throw new Error('the audit chain has no end');
  return head;
}

/** Appends events after an end of the chain that the transaction has locked. */
export function appendEvents(tx: Tx, tenantId: string, head: Head, events: ChainEvent[]) {
  const keyId = writingKeyId();
  let previous = Buffer.from(head.mac, 'base64');
  const rows = events.map((event, at) => {
    const entry = entryOf(tenantId, { ...head, seq: Number(head.seq) + at }, event);
    const mac = macOf(entry, previous, keyId);
    const row = { ...entry, mac: mac.toString('base64'), previous: previous.toString('base64') };
    previous = mac;
    return row;
  });
  lastStatement(
    tx,
    `insert into audit_events
       (tenant_id, seq, at, event, actor_id, subject_id, address, request_id, detail, key_id, previous_mac, mac)
     select "tenantId", seq, to_timestamp(at / 1000.0), event, "actorId", "subjectId", address, "requestId", detail, $2,
       decode(previous, 'base64'), decode(mac, 'base64')
     from json_to_recordset($1::text::json) as x("tenantId" uuid, seq bigint, at bigint, event text, "actorId" uuid,
       "subjectId" uuid, address text, "requestId" text, detail jsonb, previous text, mac text)`,
    [JSON.stringify(rows), keyId],
  );
  const end = { seq: Number(head.seq) + events.length, mac: previous.toString('base64url') };
  const chain = tenantId.toLowerCase();
  noteEnd(chain, Number(head.seq));
  afterCommit(tx, () => keepAnchor(chain, end));
}

function entryOf(
  tenantId: string,
  head: Head,
  { cause, event, subjectId = null, detail = {} }: ChainEvent,
): AuditRecord {
  return {
    tenantId: tenantId.toLowerCase(),
    seq: Number(head.seq) + 1,
    at: Number(head.at),
    event,
    actorId: cause.actorId?.toLowerCase() ?? null,
    subjectId: subjectId?.toLowerCase() ?? null,
    address: plainText(cause.address, LONGEST),
    requestId: plainText(cause.requestId, LONGEST),
    detail: Object.fromEntries(
      Object.entries(detail)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [plainText(key, LONGEST), asStored(value, key)]),
    ),
  };
}

/** Returns a value as it is read back from the database, which is what the MAC must cover. */
function asStored(value: AuditDetail[string], key: string) {
  const longest = /^(old|new)\./.test(key) ? LONGEST_CHANGE : LONGEST;
  if (typeof value === 'string') return readId(value) ?? plainText(value, longest);
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  return value;
}

/** Returns the MAC that binds a record to the one before it. */
export function macOf(entry: AuditRecord, previousMac: Buffer, keyId: string) {
  const detail = Object.entries(entry.detail).sort(([a], [b]) => (a < b ? -1 : 1));
  const body = [
    entry.tenantId,
    entry.seq,
    entry.at,
    entry.event,
    entry.actorId,
    entry.subjectId,
    entry.address,
    entry.requestId,
    detail,
  ];
  return keyedDigestUnder(keyId, 'audit', previousMac, JSON.stringify(body));
}
