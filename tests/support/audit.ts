import { admin } from '@/tests/support/clock';

export type Event = {
  seq: number;
  event: string;
  actor_id: string | null;
  subject_id: string | null;
  address: string;
  request_id: string;
  detail: Record<string, unknown>;
};

/** Returns a tenant's audit events in order, or only those of one kind. */
export async function eventsOf(tenant: { id: string }, kind?: string) {
  const rows = await admin()<Event[]>`
    select seq::int, event, actor_id, subject_id, address, request_id, detail from audit_events
    where tenant_id = ${tenant.id} order by seq`;
  return kind ? rows.filter((row) => row.event === kind) : [...rows];
}
