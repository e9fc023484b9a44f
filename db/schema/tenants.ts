import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { moment } from '@/db/schema/columns';
import type { Entitlement } from '@/lib/tenants/tenants';

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
  createdAt: moment('created_at').notNull().defaultNow(),
});
