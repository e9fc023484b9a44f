import { bigint, boolean, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
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
    index('audit_events_at').on(table.tenantId, table.at, table.seq),
    index('audit_events_event').on(table.tenantId, table.event, table.at, table.seq),
    index('audit_events_subject').on(table.tenantId, table.subjectId, table.at, table.seq),
    index('audit_events_actor').on(table.tenantId, table.actorId, table.at, table.seq),
    index('audit_events_address').on(table.tenantId, table.address, table.at, table.seq),
  ],
);

/**
 * Where each tenant's chain ends, and where it begins once its oldest events are gone; moved only
 * by the database's own functions.
 */
export const auditHeads = pgTable('audit_heads', {
  tenantId: uuid('tenant_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  mac: bytes('mac').notNull(),
  baseSeq: bigint('base_seq', { mode: 'number' }).notNull(),
  baseMac: bytes('base_mac').notNull(),
});

/** The last look over a tenant's whole chain, under way or done. */
export const auditChecks = pgTable('audit_checks', {
  tenantId: uuid('tenant_id').primaryKey(),
  id: uuid('id').notNull(),
  state: text('state').$type<'running' | 'holds' | 'broken' | 'cut'>().notNull(),
  startedBy: uuid('started_by'),
  startedAt: moment('started_at').defaultNow().notNull(),
  finishedAt: moment('finished_at'),
  fromSeq: bigint('from_seq', { mode: 'number' }).notNull(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  mac: bytes('mac').notNull(),
  attested: boolean('attested').notNull(),
  untilSeq: bigint('until_seq', { mode: 'number' }).notNull(),
  /** How many events do not hold, and the first of them. */
  bad: bigint('bad', { mode: 'number' }).default(0).notNull(),
  badSeqs: bigint('bad_seqs', { mode: 'number' }).array().default([]).notNull(),
  /** From where on events are missing at the beginning or the end. */
  cutAt: bigint('cut_at', { mode: 'number' }),
  /** Up to where an anchor from outside the database proves the chain. */
  provedSeq: bigint('proved_seq', { mode: 'number' }),
});
