import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytes, moment, tenantId } from '@/db/schema/columns';
import type { ConnectionSettings } from '@/db/schema/sso-settings';
import { tenants } from '@/db/schema/tenants';
import { ofUser } from '@/db/schema/users';

/** A tenant's identity provider. */
export const ssoConnections = pgTable(
  'sso_connections',
  {
    tenantId: tenantId().references(() => tenants.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    protocol: text('protocol', { enum: ['oidc', 'saml'] }).notNull(),
    label: text('label').notNull(),
    position: integer('position').notNull(),
    state: text('state', { enum: ['draft', 'tested', 'beside', 'instead'] })
      .notNull()
      .default('draft'),
    /** Switched off, it refuses at every address, whatever its state. */
    enabled: boolean('enabled').notNull().default(true),
    /** OIDC: the issuer. SAML: the provider's entity ID. Part of every link's key. */
    issuer: text('issuer').notNull(),
    settings: jsonb('settings').$type<ConnectionSettings>().notNull(),
    /** OIDC: the client secret. SAML: the private key of our side, which signs requests and opens assertions. */
    sealedSecret: text('sealed_secret'),
    /** SAML: the private key of `settings.otherKeys`. */
    sealedOtherSecret: text('sealed_other_secret'),
    /** When the provider's administrator said that the client secret ends. */
    secretExpiresAt: moment('secret_expires_at'),
    createUsers: boolean('create_users').notNull().default(false),
    createRole: text('create_role', { enum: ['agent', 'administrator'] })
      .notNull()
      .default('agent'),
    /**
     * Addresses outside them are not linked. Empty: any verified address is linked, but no user is
     * created.
     */
    emailDomains: text('email_domains').array().notNull().default([]),
    testedAt: moment('tested_at'),
    /** When an administrator last came in through it: passwords are hidden only behind a door that was walked through. */
    administratorAt: moment('administrator_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    uniqueIndex('sso_connections_entity').on(table.tenantId, table.issuer).where(sql`protocol = 'saml'`),
  ],
);

/** Who a provider's subject is here. After the first sign-in this counts, and no e-mail address. */
export const ssoLinks = pgTable(
  'sso_links',
  {
    tenantId: tenantId(),
    connectionId: uuid('connection_id').notNull(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: uuid('user_id').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastUsedAt: moment('last_used_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.connectionId, table.issuer, table.subject] }),
    unique('sso_links_user').on(table.tenantId, table.connectionId, table.userId),
    ofConnection(table),
    ofUser(table),
  ],
);

/** One round trip to a provider, bound to the browser, the tenant and the connection that began it. */
export const ssoFlows = pgTable(
  'sso_flows',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull().defaultRandom(),
    connectionId: uuid('connection_id').notNull(),
    purpose: text('purpose', { enum: ['sign-in', 'test', 'logout', 'confirm'] }).notNull(),
    /** SHA-256 of the browser's cookie. */
    browserHash: bytes('browser_hash').notNull(),
    /** SAML: the ID of our request. OIDC: the state, hashed. */
    requestId: text('request_id'),
    returnTo: text('return_to'),
    /** Who tests, or who signs out. */
    userId: uuid('user_id'),
    /** Set between the provider's answer and the browser's own next request, which alone carries the cookie. */
    ticketHash: bytes('ticket_hash'),
    ticketUntil: moment('ticket_until'),
    /** What the answer proved, until the ticket is taken; or a test's report. */
    result: jsonb('result').$type<unknown>(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique('sso_flows_request').on(table.tenantId, table.requestId),
    unique('sso_flows_ticket').on(table.tenantId, table.ticketHash),
    index('sso_flows_browser').on(table.tenantId, table.browserHash),
    ofConnection(table),
  ],
);

/** Assertions and logout tokens that have been used: each counts once. */
export const ssoSeen = pgTable(
  'sso_seen',
  {
    tenantId: tenantId(),
    connectionId: uuid('connection_id').notNull(),
    messageId: text('message_id').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.connectionId, table.messageId] }), ofConnection(table)],
);

/** Why a sign-in through a provider failed, under the code that the user was shown. Kept for seven days. */
export const ssoFailures = pgTable(
  'sso_failures',
  {
    tenantId: tenantId(),
    code: text('code').notNull(),
    /** Null where the answer belonged to no connection that there is. */
    connectionId: uuid('connection_id'),
    at: moment('at').notNull().defaultNow(),
    reason: text('reason').notNull(),
    /** Whether it belonged to a request of ours; anyone can send what does not. */
    solicited: boolean('solicited').notNull().default(true),
    /** What was received, with secrets and signatures taken out. */
    received: jsonb('received').$type<Record<string, string>>().notNull(),
    address: text('address').notNull(),
    requestId: text('request_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.code] }),
    index('sso_failures_at').on(table.tenantId, table.at),
    ofConnection(table),
  ],
);

/** What ends and has been written about to the administrators: each mail goes once. */
export const ssoReminders = pgTable(
  'sso_reminders',
  {
    tenantId: tenantId(),
    connectionId: uuid('connection_id').notNull(),
    /** A certificate's fingerprint, or the client secret and its date. */
    thing: text('thing').notNull(),
    /** How many days before the end this mail was for. */
    days: integer('days').notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.connectionId, table.thing, table.days] }),
    ofConnection(table),
  ],
);

function ofConnection(table: { tenantId: AnyPgColumn; connectionId: AnyPgColumn }) {
  return foreignKey({
    columns: [table.tenantId, table.connectionId],
    foreignColumns: [ssoConnections.tenantId, ssoConnections.id],
  }).onDelete('cascade');
}

export type Purpose = 'sign-in' | 'test' | 'logout' | 'confirm';
