import { boolean, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment, tenantId } from '@/db/schema/columns';
import { tenants } from '@/db/schema/tenants';
import { ofUser } from '@/db/schema/users';

/** The tenant's own SIP server. A row is whole: where there is none, nobody has a phone. */
export const phoneSettings = pgTable('phone_settings', {
  tenantId: uuid('tenant_id')
    .primaryKey()
    .references(() => tenants.id, { onDelete: 'cascade' }),
  domain: text('domain').notNull(),
  socket: text('socket').notNull(),
  iceServers: text('ice_servers').array().notNull().default([]),
  way: text('way', { enum: ['ephemeral', 'per-user'] }).notNull(),
  /** What the SIP server and the TURN server know too. */
  sealedSecret: text('sealed_secret'),
  country: text('country').notNull(),
  otherDomains: boolean('other_domains').notNull().default(false),
  wrapUpSeconds: integer('wrap_up_seconds').notNull().default(30),
});

/**
 * What opens a person's account at the SIP server where each has one:
 * md5(extension:domain:password), good for these two alone.
 */
export const phoneAccounts = pgTable(
  'phone_accounts',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    extension: text('extension').notNull(),
    domain: text('domain').notNull(),
    sealedHa1: text('sealed_ha1').notNull(),
    setAt: moment('set_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId] }), ofUser(table)],
);

/** A user's ended calls, as their browser reported them. */
export const phoneCalls = pgTable(
  'phone_calls',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    id: uuid('id').notNull(),
    direction: text('direction', { enum: ['in', 'out'] }).notNull(),
    outcome: text('outcome', {
      enum: ['answered', 'missed', 'rejected', 'elsewhere', 'busy', 'no-answer', 'failed', 'cancelled'],
    }).notNull(),
    peer: text('peer').notNull(),
    peerName: text('peer_name'),
    startedAt: moment('started_at').notNull(),
    answeredAt: moment('answered_at'),
    endedAt: moment('ended_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.userId, table.id] }),
    index('phone_calls_recent').on(table.tenantId, table.userId, table.startedAt),
    index('phone_calls_old').on(table.tenantId, table.startedAt),
    ofUser(table),
  ],
);
