import { boolean, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
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
  /** Whether the tenant's second factor is asked behind an identity provider too. */
  ssoSecondFactor: text('sso_second_factor', { enum: ['never', 'when-missing', 'always'] })
    .notNull()
    .default('when-missing'),
  /** Some connection stands instead of the password: only emergency accounts may use theirs. */
  passwordHidden: boolean('password_hidden').notNull().default(false),
  passwordMinLength: integer('password_min_length').notNull().default(8),
  idleMinutes: integer('idle_minutes').notNull().default(240),
  absoluteMinutes: integer('absolute_minutes').notNull().default(1440),
});
