import { statement } from '@/db';
import { log } from '@/lib/log';
import { singleton } from '@/lib/singleton';

/** The last known end of a chain, kept outside the database, so that a removed tail is detected. */
export type Anchor = { seq: number; mac: string };

/** Per chain: the last end seen, the last end logged, and where its missing part begins. */
type Anchors = { seen: Map<string, Anchor>; logged: Map<string, Anchor>; cut: Map<string, number> };

/** Keeps in this process where a chain has been seen to end. */
export function keepAnchor(tenantId: string, anchor: Anchor) {
  const { seen, cut } = anchors();
  if (!cut.has(tenantId) && (seen.get(tenantId)?.seq ?? 0) < anchor.seq) seen.set(tenantId, anchor);
}

/**
 * Notes the end that a new event follows. If it is before the last end seen, events were removed,
 * or lost with the database's last commits. That is logged, and both ends are kept permanently.
 */
export function noteEnd(tenantId: string, seq: number) {
  const { seen, cut } = anchors();
  const last = seen.get(tenantId)?.seq ?? 0;
  if (seq >= last || cut.has(tenantId)) return;
  cut.set(tenantId, seq + 1);
  log().error({ alert: 'audit events missing', tenant: tenantId, from: seq + 1, through: last });
}

/**
 * Returns the last end of a chain that this process has seen, and from where on it is missing where
 * that is known.
 */
export function latestAnchor(tenantId: string): (Anchor & { missingFrom?: number }) | undefined {
  const { seen, cut } = anchors();
  const anchor = seen.get(tenantId);
  return anchor && { ...anchor, missingFrom: cut.get(tenantId) };
}

/**
 * Writes to the log where each tenant's chain ends, once per end and whatever the log's level: kept
 * elsewhere, the lines let verifyAudit find a tail that was cut off.
 */
export async function logAuditEnds() {
  const ends = await statement<{ tenant_id: string; seq: string; mac: Buffer }>('select * from audit_ends()', []);
  const { logged } = anchors();
  for (const { tenant_id, ...end } of ends) {
    const anchor = { seq: Number(end.seq), mac: end.mac.toString('base64url') };
    if (logged.get(tenant_id)?.mac === anchor.mac) continue;
    log()
      .child({}, { level: 'info' })
      .info({ audit: 'anchor', tenant: tenant_id, ...anchor });
    logged.set(tenant_id, anchor);
    keepAnchor(tenant_id, anchor);
  }
}

function anchors() {
  return singleton<Anchors>('anchors', () => ({ seen: new Map(), logged: new Map(), cut: new Map() }));
}
