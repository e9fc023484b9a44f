import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { tenants } from '@/db/schema/tenants';

export const policies = pgTable('policies', {
  tenantId: uuid('tenant_id')
    .primaryKey()
    .references(() => tenants.id, { onDelete: 'cascade' }),
  secondFactor: text('second_factor', { enum: ['off', 'optional', 'required'] })
    .notNull()
    .default('optional'),
  resetStyle: text('reset_style', { enum: ['link', 'temporary'] })
    .notNull()
    .default('link'),
  passwordMinLength: integer('password_min_length').notNull().default(8),
  idleMinutes: integer('idle_minutes').notNull().default(240),
  absoluteMinutes: integer('absolute_minutes').notNull().default(1440),
});
