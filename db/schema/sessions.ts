import { index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment, tenantId } from '@/db/schema/columns';
import { ofUser } from '@/db/schema/users';

/**
 * The browser holds a random token, the row its SHA-256. No index on the times, so that sliding
 * stays a HOT update.
 */
export const sessions = pgTable(
  'sessions',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull().defaultRandom(),
    tokenHash: bytes('token_hash').notNull(),
    userId: uuid('user_id').notNull(),
    factor: text('factor', { enum: ['totp', 'recovery-code', 'provider', 'device'] }),
    /** The identity provider, and what it calls the user and the session. Null for a password. */
    connectionId: uuid('connection_id'),
    ssoSubject: text('sso_subject'),
    ssoIndex: text('sso_index'),
    /** What signing out there asks for: OIDC the id_token, SAML the NameID as it was written. */
    sealedHint: text('sealed_hint'),
    address: text('address').notNull(),
    userAgent: text('user_agent').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
    /** When the browser last said that a call rings, runs or is wrapped up. */
    busyAt: moment('busy_at'),
    absoluteUntil: moment('absolute_until').notNull(),
    /** When the user last proved who they are: at sign-in, or again for a sensitive change. */
    provedAt: moment('proved_at').defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique('sessions_token').on(table.tenantId, table.tokenHash),
    index('sessions_user').on(table.tenantId, table.userId),
    ofUser(table),
  ],
);
