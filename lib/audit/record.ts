import { sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { auditEvents } from '@/db/schema/audit';
import type { AuditEvent } from '@/lib/audit/events';
import { keyedDigestUnder, writingKeyId } from '@/lib/crypto';

/** Who or what brings a change about. Every function that changes something takes one. */
export type Cause = {
  /** The user who acts; null for a visitor who has not signed in, and for the system. */
  actorId: string | null;
  address: string;
  userAgent: string;
  requestId: string;
};

export type AuditDetail = Record<string, string | number | boolean | null>;

/** What a record says, in the form that its MAC covers. */
export type AuditRecord = {
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

/** Appends one event to the tenant's chain, inside the transaction of the change it speaks of: call it last, it holds the chain's end. */
export async function record(
  tx: Tx,
  tenantId: string,
  cause: Cause,
  event: AuditEvent,
  { subjectId = null, detail = {} }: { subjectId?: string | null; detail?: AuditDetail } = {},
) {
  const [head] = await tx.execute<{ seq: string; mac: Buffer; at: string }>(
    sql`select seq, mac, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at from lock_audit_head(${tenantId})`,
  );
  if (!head) throw new Error('the audit chain has no end');
  const entry: AuditRecord = {
    tenantId,
    seq: Number(head.seq) + 1,
    at: Number(head.at),
    event,
    actorId: cause.actorId,
    subjectId,
    address: plain(cause.address),
    requestId: plain(cause.requestId),
    detail: Object.fromEntries(
      Object.entries(detail).map(([key, value]) => [key, typeof value === 'string' ? plain(value) : value]),
    ),
  };
  const keyId = writingKeyId();
  const mac = macOf(entry, head.mac, keyId);
  await tx.insert(auditEvents).values({ ...entry, at: new Date(entry.at), keyId, previousMac: head.mac, mac });
}

/** Promises the MAC that binds a record to the one before it. */
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

/** Control characters and terminal escapes cannot forge a line; nothing grows beyond 200 characters. */
function plain(text: string) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\u{fffd}').slice(0, 200);
}
