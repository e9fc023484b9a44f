import { bigint, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment, tenantId } from '@/db/schema/columns';
import { ofUser } from '@/db/schema/users';

/** The live second factor. Kept apart from users so that no user row ever carries a secret. */
export const totpSecrets = pgTable(
  'totp_secrets',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    sealedSecret: text('sealed_secret').notNull(),
    /** The time step of the last code accepted: each code counts once and none goes back. */
    lastStep: bigint('last_step', { mode: 'number' }).notNull(),
    /**
     * A step of the future whose code was typed and told as a clock ahead: it is dead when its time
     * comes, or guesses could wait.
     */
    toldStep: bigint('told_step', { mode: 'number' }),
    enrolledAt: moment('enrolled_at').notNull().defaultNow(),
    /** New recovery codes until the person has seen them, ten minutes at most. */
    sealedNewCodes: text('sealed_new_codes'),
    newCodesAt: moment('new_codes_at'),
    /** The session that they are shown to; null until the sign-in that made them is finished. */
    newCodesSession: uuid('new_codes_session'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId] }), ofUser(table)],
);

export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    codeDigest: bytes('code_digest').notNull(),
    /** The key of the digest; null where it was made before this was recorded. */
    keyId: text('key_id'),
    usedAt: moment('used_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId, table.codeDigest] }), ofUser(table)],
);

/**
 * An enrolment that a signed-in person has begun in Settings. It never touches the live secret
 * until its first code.
 */
export const enrollments = pgTable(
  'enrolments',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    sealedSecret: text('sealed_secret').notNull(),
    /** The session that began it; no other is shown the secret. */
    sessionId: uuid('session_id'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId] }), ofUser(table)],
);
