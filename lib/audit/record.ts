import { beforeCommit, type Tx } from '@/db';
import { type AuditDetail, appendEvents, type ChainEvent, type Head, lockHead } from '@/lib/audit/chain';
import type { AuditEvent } from '@/lib/audit/events';
import { PROVIDER } from '@/lib/audit/provider';

/** Who or what brings a change about. Every function that changes something takes one. */
export type Cause = {
  /** The user who acts; null for a visitor who has not signed in, and for the system. */
  actorId: string | null;
  address: string;
  userAgent: string;
  requestId: string;
  /** The browser's device token, where it has one. */
  device?: string;
};

export type { AuditDetail };
export type EventDetails = Pick<ChainEvent, 'subjectId' | 'detail'>;

/**
 * Adds one event to a tenant's chain when the transaction commits. Can be called anywhere in it:
 * the end of the chain is locked immediately before the commit. Throws once that has begun.
 */
export function record(tx: Tx, tenantId: string, cause: Cause, event: AuditEvent, details: EventDetails = {}) {
  if (written.has(tx)) throw new Error('the transaction has written its events');
  const chains = pending.get(tx) ?? openChains(tx);
  const chain = tenantId.toLowerCase();
  const events = chains.get(chain) ?? [];
  chains.set(chain, events);
  events.push({ cause, event, ...details });
}

/**
 * Adds events after an end of the chain that the transaction has locked already, and before them
 * those that it recorded earlier.
 */
export function recordAfter(tx: Tx, tenantId: string, head: Head, events: ChainEvent[]) {
  const chain = tenantId.toLowerCase();
  const earlier = pending.get(tx)?.get(chain) ?? [];
  pending.get(tx)?.delete(chain);
  appendEvents(tx, chain, head, [...earlier, ...events]);
}

/** The events of each open transaction, by chain. */
const pending = new WeakMap<Tx, Map<string, ChainEvent[]>>();

/** Transactions that have begun to write their events. */
const written = new WeakSet<Tx>();

function openChains(tx: Tx) {
  const chains = new Map<string, ChainEvent[]>();
  pending.set(tx, chains);
  beforeCommit(tx, () => appendChains(tx, chains));
  return chains;
}

/** Appends to each chain, the provider's last, so that all transactions lock in one order. */
async function appendChains(tx: Tx, chains: Map<string, ChainEvent[]>) {
  written.add(tx);
  const tenants = [...chains.keys()].filter((chain) => chain !== PROVIDER);
  for (const chain of [...tenants, PROVIDER]) {
    const events = chains.get(chain);
    if (events) appendEvents(tx, chain, await lockHead(tx, chain), events);
  }
}
