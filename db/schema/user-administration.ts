import { boolean, foreignKey, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, moment, tenantId } from '@/db/schema/columns';
import { tenants } from '@/db/schema/tenants';

/**
 * An invitation to choose a first password. The token, and the code on a printed slip, are made
 * from the nonce.
 */
export const invitations = pgTable(
  'invitations',
  {
    tenantId: tenantId(),
    userId: uuid('user_id').notNull(),
    way: text('way', { enum: ['mail', 'slip'] }).notNull(),
    nonce: bytes('nonce').notNull(),
    keyId: text('key_id').notNull(),
    tokenHash: bytes('token_hash').notNull(),
    codeHash: bytes('code_hash'),
    createdAt: moment('created_at').notNull().defaultNow(),
    sentAt: moment('sent_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.userId] }),
    unique('invitations_token').on(table.tenantId, table.tokenHash),
    unique('invitations_code').on(table.tenantId, table.codeHash),
  ],
);

/**
 * A file of people on its way in: uploaded, planned (what it would do is known), applied in one
 * piece or not at all.
 */
export const imports = pgTable(
  'imports',
  {
    tenantId: tenantId().references(() => tenants.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    byUser: uuid('by_user'),
    fileName: text('file_name').notNull(),
    digest: bytes('digest').notNull(),
    header: jsonb('header').$type<string[]>().notNull(),
    mapping: jsonb('mapping').$type<Record<string, number>>(),
    invite: boolean('invite').notNull().default(false),
    withoutRefused: boolean('without_refused').notNull().default(false),
    cause: jsonb('cause').$type<Record<string, string | null>>(),
    state: text('state', { enum: ['uploaded', 'planned', 'applying', 'applied', 'failed'] })
      .notNull()
      .default('uploaded'),
    failure: text('failure'),
    total: integer('total').notNull(),
    done: integer('done').notNull().default(0),
    counts: jsonb('counts').$type<Record<'create' | 'change' | 'same' | 'refused', number>>(),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
);

export const importLines = pgTable(
  'import_lines',
  {
    tenantId: tenantId(),
    importId: uuid('import_id').notNull(),
    /** As an editor counts lines in the file. */
    line: integer('line').notNull(),
    cells: jsonb('cells').$type<string[]>().notNull(),
    verdict: text('verdict', { enum: ['create', 'change', 'same', 'refused'] }),
    reasons: text('reasons').array().notNull().default([]),
    person: jsonb('person').$type<Record<string, string | null>>(),
    userId: uuid('user_id'),
    userVersion: integer('user_version'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.importId, table.line] }),
    foreignKey({ columns: [table.tenantId, table.importId], foreignColumns: [imports.tenantId, imports.id] }).onDelete(
      'cascade',
    ),
  ],
);

/** One thing done to many, in the background, a few at a time. */
export const bulkChanges = pgTable(
  'bulk_changes',
  {
    tenantId: tenantId().references(() => tenants.id, { onDelete: 'cascade' }),
    id: uuid('id').notNull().defaultRandom(),
    byUser: uuid('by_user').notNull(),
    action: text('action', { enum: ['disable', 'end-sessions', 'require-second-factor', 'invite', 'slips'] }).notNull(),
    userIds: uuid('user_ids').array().notNull(),
    cause: jsonb('cause').$type<Record<string, string | null>>().notNull(),
    state: text('state', { enum: ['asked', 'running', 'done', 'stopped'] })
      .notNull()
      .default('asked'),
    done: integer('done').notNull().default(0),
    refused: jsonb('refused').$type<{ id: string; reason: string }[]>().notNull().default([]),
    /** Why it stopped before its end. */
    failure: text('failure', { enum: ['not-administrator', 'gave-up'] }),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
);
