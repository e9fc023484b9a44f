import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

/**
 * Requests per key and window, where no Redis counts them. Not a tenant's data: the key names
 * tenant and address.
 */
export const volumeLimits = pgTable(
  'volume_limits',
  {
    key: text('key').notNull(),
    window: bigint('window', { mode: 'number' }).notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.window] })],
);
