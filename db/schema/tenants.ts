import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { moment } from '@/db/schema/columns';
export const ENTITLEMENTS = ['security-policies', 'single-sign-on', 'phone'] as const;

export type Entitlement = (typeof ENTITLEMENTS)[number];

/** The one table that is read before a tenant is known: no row security, no secrets. */
export const tenants = pgTable('tenants', {
  id: uuid('id').primaryKey().defaultRandom(),
  slug: text('slug').notNull().unique(),
  accountId: text('account_id').notNull(),
  name: text('name').notNull(),
  domain: text('domain').unique(),
  status: text('status', { enum: ['active', 'suspended'] })
    .notNull()
    .default('active'),
  locale: text('locale', { enum: ['en', 'fr'] })
    .notNull()
    .default('en'),
  timeZone: text('time_zone').notNull().default('America/Toronto'),
  entitlements: text('entitlements').array().$type<Entitlement[]>().notNull().default([]),
  /** How many active users it may have; null for as many as it likes. */
  userLimit: integer('user_limit'),
  suspendedAt: moment('suspended_at'),
  /** When the last whole export of everything was taken. */
  exportedAt: moment('exported_at'),
  /** Set while it waits, suspended, to be deleted. */
  deleteAfter: moment('delete_after'),
  /** A domain of its own that is not proved yet, and the word that its DNS must say. */
  pendingDomain: text('pending_domain'),
  domainProof: text('domain_proof'),
  createdAt: moment('created_at').notNull().defaultNow(),
});
