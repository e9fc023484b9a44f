import { bigint, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment } from '@/db/schema/columns';

/** The provider's own people. They belong to no tenant, and nothing of a tenant hangs on them. */
export const operators = pgTable('operators', {
  id: uuid('id').primaryKey().defaultRandom(),
  username: text('username').notNull().unique('operators_username'),
  firstName: text('first_name').notNull(),
  lastName: text('last_name').notNull(),
  status: text('status', { enum: ['active', 'disabled'] })
    .notNull()
    .default('active'),
  passwordHash: text('password_hash').notNull(),
  passwordChangedAt: moment('password_changed_at').notNull().defaultNow(),
  /**
   * Set for a password that another operator made: it leads to choosing a new one, and expires
   * then.
   */
  temporaryUntil: moment('temporary_until'),
  /** The live second factor, as in totp_secrets; without one the next sign-in enrols. */
  sealedSecret: text('sealed_secret'),
  lastStep: bigint('last_step', { mode: 'number' }).notNull().default(0),
  toldStep: bigint('told_step', { mode: 'number' }),
  enrolledAt: moment('enrolled_at'),
  /** New recovery codes until the operator has seen them, ten minutes at most. */
  sealedNewCodes: text('sealed_new_codes'),
  newCodesAt: moment('new_codes_at'),
  /** The session that they are shown to. */
  newCodesSession: uuid('new_codes_session'),
  locale: text('locale', { enum: ['en', 'fr'] }),
  timeZone: text('time_zone').notNull().default('America/Toronto'),
  lastSignInAt: moment('last_sign_in_at'),
  lastSignInAddress: text('last_sign_in_address'),
  createdAt: moment('created_at').notNull().defaultNow(),
});

export const operatorSessions = pgTable(
  'operator_sessions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    tokenHash: bytes('token_hash').notNull().unique('operator_sessions_token'),
    operatorId: operatorId(),
    address: text('address').notNull(),
    userAgent: text('user_agent').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
    absoluteUntil: moment('absolute_until').notNull(),
    /** As in sessions. */
    provedAt: moment('proved_at').defaultNow(),
  },
  (table) => [index('operator_sessions_operator').on(table.operatorId)],
);

/** As recovery_codes, of operators. */
export const operatorRecoveryCodes = pgTable(
  'operator_recovery_codes',
  {
    operatorId: operatorId(),
    codeDigest: bytes('code_digest').notNull(),
    /** The key of the digest; null where it was made before this was recorded. */
    keyId: text('key_id'),
    usedAt: moment('used_at'),
  },
  (table) => [primaryKey({ columns: [table.operatorId, table.codeDigest] })],
);

/** A sign-in of an operator that has shown its password and opens nothing yet. */
export const operatorAttempts = pgTable(
  'operator_attempts',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    tokenHash: bytes('token_hash').notNull(),
    operatorId: operatorId(),
    secondFactorAt: moment('second_factor_at'),
    factor: text('factor', { enum: ['totp', 'recovery-code'] }),
    /** The secret shown for enrolment; becomes the live one with its first code. */
    sealedSecret: text('sealed_secret'),
    secretAt: moment('secret_at'),
    returnTo: text('return_to'),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    unique('operator_attempts_token').on(table.tokenHash),
    index('operator_attempts_operator').on(table.operatorId),
  ],
);

/** A browser that an operator has signed in from before. It has a budget of tries of its own. */
export const operatorDevices = pgTable(
  'operator_devices',
  {
    operatorId: operatorId(),
    tokenHash: bytes('token_hash').notNull(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.operatorId, table.tokenHash] })],
);

function operatorId() {
  return uuid('operator_id')
    .notNull()
    .references(() => operators.id, { onDelete: 'cascade' });
}
