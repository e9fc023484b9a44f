import { index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment, tenantId } from '@/db/schema/columns';
import { ofUser } from '@/db/schema/users';

/**
 * A link to reset a password. The token is made from the nonce when the mail goes out; the hour
 * starts then.
 */
export const passwordResets = pgTable(
  'password_resets',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull().defaultRandom(),
    userId: uuid('user_id').notNull(),
    style: text('style', { enum: ['link', 'temporary'] }).notNull(),
    nonce: bytes('nonce').notNull(),
    keyId: text('key_id').notNull(),
    tokenHash: bytes('token_hash').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    sentAt: moment('sent_at'),
    usedAt: moment('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique('password_resets_token').on(table.tenantId, table.tokenHash),
    index('password_resets_user').on(table.tenantId, table.userId),
    ofUser(table),
  ],
);

/** An address that waits to be confirmed by a link mailed to it. */
export const emailChanges = pgTable(
  'email_changes',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    email: text('email').notNull(),
    nonce: bytes('nonce').notNull(),
    keyId: text('key_id').notNull(),
    tokenHash: bytes('token_hash').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.userId] }),
    unique('email_changes_token').on(table.tenantId, table.tokenHash),
    ofUser(table),
  ],
);
