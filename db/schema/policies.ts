import { boolean, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { tenants } from '@/db/schema/tenants';

export const policies = pgTable('policies', {
  tenantId: uuid('tenant_id')
    .primaryKey()
    .references(() => tenants.id, { onDelete: 'cascade' }),
  secondFactor: text('second_factor', { enum: ['off', 'optional', 'required'] })
    .notNull()
    .default('optional'),
  /** The day from which a required second factor is asked for; until then it is a choice. */
  secondFactorFrom: timestamp('second_factor_from', { withTimezone: true, mode: 'string' }),
  /** Whether people may choose that a device is not asked for a code for thirty days. */
  rememberDevices: boolean('remember_devices').notNull().default(false),
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
  /** How many earlier passwords may not come back, besides the one in use. */
  passwordHistory: integer('password_history').notNull().default(0),
  lockTries: integer('lock_tries').notNull().default(5),
  lockMinutes: integer('lock_minutes').notNull().default(15),
  /** In CIDR form; none means everywhere. */
  networks: text('networks').array().notNull().default([]),
  idleMinutes: integer('idle_minutes').notNull().default(240),
  absoluteMinutes: integer('absolute_minutes').notNull().default(1440),
  /** How long after the last interaction a call still keeps a session from going idle. */
  callGraceMinutes: integer('call_grace_minutes').notNull().default(240),
  /** Counts the changes, so that of two people who change them the second is told. */
  version: integer('version').notNull().default(1),
});
