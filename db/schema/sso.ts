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
    /** If false, every address refuses, whatever its state. */
    enabled: boolean('enabled').notNull().default(true),
    /** OIDC: the issuer. SAML: the provider's entity ID. Part of every link's key. */
    issuer: text('issuer').notNull(),
    settings: jsonb('settings').$type<ConnectionSettings>().notNull(),
    /** OIDC: the client secret. SAML: our private key, which signs requests and decrypts. */
    sealedSecret: text('sealed_secret'),
    /** SAML: the private key of `settings.otherKeys`. */
    sealedOtherSecret: text('sealed_other_secret'),
    /** When the client secret expires, as the administrator entered it. */
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
    /** When an administrator last signed in through it, which is required to hide passwords. */
    administratorAt: moment('administrator_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    uniqueIndex('sso_connections_entity').on(table.tenantId, table.issuer).where(sql`protocol = 'saml'`),
  ],
);

/** The user of a provider's subject. After the first sign-in, email addresses are not compared. */
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

/** One round trip to a provider, bound to its browser, tenant and connection. */
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
    /** The user who tests, confirms or signs out. */
    userId: uuid('user_id'),
    /** Set between the provider's answer and the browser's next request, which has the cookie. */
    ticketHash: bytes('ticket_hash'),
    ticketUntil: moment('ticket_until'),
    /** The verified answer until the ticket is redeemed, or a test's report. */
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

/**
 * Why a sign-in through a provider failed, under the code that the user was shown. Kept for seven
 * days.
 */
export const ssoFailures = pgTable(
  'sso_failures',
  {
    tenantId: tenantId(),
    code: text('code').notNull(),
    /** Null if the answer belonged to no existing connection. */
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

/** Expiry reminders that were queued: each is sent once. */
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
