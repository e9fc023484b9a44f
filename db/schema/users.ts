import { and, eq, sql } from 'drizzle-orm';
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
    /** Keeps password and second factor where single sign-on replaces passwords. */
    emergency: boolean('emergency').notNull().default(false),
    locale: text('locale', { enum: ['en', 'fr'] }),
    timeZone: text('time_zone'),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Grows with every edit; a save names the version that its form showed. */
    version: integer('version').notNull().default(1),
    /** An administrator requires a second factor of this user, also where the policy does not. */
    secondFactorRequired: boolean('second_factor_required').notNull().default(false),
    /** Generated columns, by which lists are sorted and addresses compared. */
    sortName: text('sort_name').notNull().generatedAlwaysAs(sql`search_form(last_name || ' ' || first_name)`),
    sortExtension: bigint('sort_extension', { mode: 'number' })
      .notNull()
      .generatedAlwaysAs(sql`coalesce(extension::bigint, 99999999999)`),
    emailKey: text('email_key').generatedAlwaysAs(sql`lower(email collate "C")`),
    /** No password and no sign-in yet. Triggers maintain `waiting` and `enrolled`. */
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
    /** Minus infinity until the first sign-in, so that lists can be sorted by it. */
    at: moment('at').notNull().default(sql`'-infinity'`),
    address: text('address'),
    /** The sign-in before the last one, which Home shows after signing in. */
    previousAt: moment('previous_at'),
    previousAddress: text('previous_address'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId] })],
);

/** One row per user with a password; a temporary password only allows choosing a new one. */
export const passwords = pgTable(
  'passwords',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    hash: text('hash').notNull(),
    /** When a temporary password expires; null for a lasting one. */
    temporaryUntil: moment('temporary_until'),
    changedAt: moment('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId] }), ofUser(table)],
);

/** Hashes of earlier passwords that the policy does not allow again. */
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

/** Returns the condition under which a row of `users` is this user. */
export function isUser(tenantId: string, userId: string) {
  return and(eq(users.tenantId, tenantId), eq(users.id, userId));
}

/** Returns the condition under which a row of `table` belongs to this user. */
export function belongsToUser(table: OfUser, tenantId: string, userId: string) {
  return and(eq(table.tenantId, tenantId), eq(table.userId, userId));
}

type OfUser = { tenantId: AnyPgColumn; userId: AnyPgColumn };

/** Returns a foreign key to the user: rows of `table` are deleted with their user. */
export function ofUser(table: OfUser) {
  return foreignKey({ columns: [table.tenantId, table.userId], foreignColumns: [users.tenantId, users.id] }).onDelete(
    'cascade',
  );
}
