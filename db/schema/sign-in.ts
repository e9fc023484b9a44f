import { index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment, tenantId } from '@/db/schema/columns';
import { ofUser } from '@/db/schema/users';

/** A half-finished sign-in. It opens nothing. */
export const attempts = pgTable(
  'attempts',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull().defaultRandom(),
    tokenHash: bytes('token_hash').notNull(),
    userId: uuid('user_id').notNull(),
    /** Proofs noted so far. */
    passwordAt: moment('password_at'),
    secondFactorAt: moment('second_factor_at'),
    factor: text('factor', { enum: ['totp', 'recovery-code', 'provider'] }),
    /** As in sessions: where an identity provider stood for the password. */
    connectionId: uuid('connection_id'),
    ssoSubject: text('sso_subject'),
    ssoIndex: text('sso_index'),
    sealedHint: text('sealed_hint'),
    newPasswordRequired: text('new_password_required', { enum: ['temporary'] }),
    /** The secret shown for enrolment; becomes the live one with its first code. */
    sealedSecret: text('sealed_secret'),
    secretAt: moment('secret_at'),
    returnTo: text('return_to'),
    /** Set while the attempt is on its way from the root domain to the tenant's own host. */
    handoffHash: bytes('handoff_hash'),
    handoffUntil: moment('handoff_until'),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique('attempts_token').on(table.tenantId, table.tokenHash),
    index('attempts_user').on(table.tenantId, table.userId),
    ofUser(table),
  ],
);

/**
 * Failed tries by kind and person or identifier. A row locks; an identifier nobody has locks alike.
 */
export const throttles = pgTable(
  'throttles',
  {
    tenantId: tenantId(),
    kind: text('kind', { enum: ['password', 'code', 'reset'] }).notNull(),
    keyDigest: bytes('key_digest').notNull(),
    /** The user behind the key, if there is one, so that unlocking finds all their budgets. */
    userId: uuid('user_id'),
    fails: integer('fails').notNull(),
    windowStart: moment('window_start').notNull().defaultNow(),
    lockedUntil: moment('locked_until'),
    /** Tries refused while locked: counted here, not in the audit trail. */
    refused: integer('refused').notNull().default(0),
    /**
     * When the last lockout began, and the one before it: they decide how long the next one lasts.
     */
    lockedAt: moment('locked_at'),
    lockedBefore: moment('locked_before'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.kind, table.keyDigest] })],
);

/**
 * A browser that a user has signed in from before. It has a budget of its own, and may stand for
 * the second factor for a while.
 */
export const devices = pgTable(
  'devices',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    tokenHash: bytes('token_hash').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    /**
     * Until then this device is not asked for a code. Set if the user chose it and the policy
     * allows it.
     */
    rememberedUntil: moment('remembered_until'),
    address: text('address'),
    userAgent: text('user_agent'),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId, table.tokenHash] }), ofUser(table)],
);
