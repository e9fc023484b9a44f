import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  foreignKey,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { moment, tenantId } from '@/db/schema/columns';
import { tenants } from '@/db/schema/tenants';

export const users = pgTable(
  'users',
  {
    tenantId: tenantId().references(() => tenants.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    username: text('username').notNull(),
    extension: text('extension'),
    firstName: text('first_name').notNull(),
    lastName: text('last_name').notNull(),
    email: text('email'),
    role: text('role', { enum: ['agent', 'administrator'] })
      .notNull()
      .default('agent'),
    status: text('status', { enum: ['active', 'disabled'] })
      .notNull()
      .default('active'),
    /** Keeps password and second factor where single sign-on stands instead of passwords. */
    emergency: boolean('emergency').notNull().default(false),
    locale: text('locale', { enum: ['en', 'fr'] }),
    timeZone: text('time_zone'),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Grows with every edit: whoever saves says which one he saw. */
    version: integer('version').notNull().default(1),
    /** An administrator asks a second factor of this person, also where the policy leaves it to each. */
    secondFactorRequired: boolean('second_factor_required').notNull().default(false),
    /** What lists are sorted and addresses compared by; the database keeps them. */
    sortName: text('sort_name').notNull().generatedAlwaysAs(sql`search_form(last_name || ' ' || first_name)`),
    sortExtension: bigint('sort_extension', { mode: 'number' })
      .notNull()
      .generatedAlwaysAs(sql`coalesce(extension::bigint, 99999999999)`),
    emailKey: text('email_key').generatedAlwaysAs(sql`lower(email collate "C")`),
    /** Has never signed in and could not: no password yet. The database keeps this and the next. */
    waiting: boolean('waiting').notNull().default(true),
    enrolled: boolean('enrolled').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique('users_username').on(table.tenantId, table.username),
    unique('users_extension').on(table.tenantId, table.extension),
  ],
);

/** One row per user. */
export const lastSignIns = pgTable(
  'last_sign_ins',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    /** Minus infinity until he has signed in once: a list is sorted by this. */
    at: moment('at').notNull().default(sql`'-infinity'`),
    address: text('address'),
    /** The sign-in before the last one: what Home shows to the person who has just come in. */
    previousAt: moment('previous_at'),
    previousAddress: text('previous_address'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId] })],
);

/** One row per user that has a password; a temporary one leads only to choosing a new one. */
export const passwords = pgTable(
  'passwords',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    hash: text('hash').notNull(),
    /** Set for a temporary password: after this it no longer works. */
    temporaryUntil: moment('temporary_until'),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId] }), ofUser(table)],
);

/** What the password was before, as long as the policy forbids it. */
export const earlierPasswords = pgTable(
  'earlier_passwords',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    changedAt: moment('changed_at').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId, table.changedAt] }), ofUser(table)],
);

/** A foreign key to the user, which takes the row along when the user goes. */
export function ofUser(table: { tenantId: AnyPgColumn; userId: AnyPgColumn }) {
  return foreignKey({ columns: [table.tenantId, table.userId], foreignColumns: [users.tenantId, users.id] }).onDelete(
    'cascade',
  );
}
