import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment, tenantId } from '@/db/schema/columns';

/** One chain per tenant. The application may add and read, never change. */
export const auditEvents = pgTable(
  'audit_events',
  {
    tenantId: tenantId(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: moment('at').notNull(),
    event: text('event').notNull(),
    actorId: uuid('actor_id'),
    subjectId: uuid('subject_id'),
    address: text('address').notNull(),
    requestId: text('request_id').notNull(),
    detail: jsonb('detail').$type<Record<string, string | number | boolean | null>>().notNull(),
    keyId: text('key_id').notNull(),
    previousMac: bytes('previous_mac').notNull(),
    mac: bytes('mac').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.seq] }),
    index('audit_events_subject').on(table.tenantId, table.subjectId, table.seq),
  ],
);

/** Where each tenant's chain ends; advanced only by a trigger on audit_events. */
export const auditHeads = pgTable('audit_heads', {
  tenantId: uuid('tenant_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  mac: bytes('mac').notNull(),
});
