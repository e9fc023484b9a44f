import { customType, timestamp, uuid } from 'drizzle-orm/pg-core';
import { hashToken } from '@/lib/crypto';

export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/**
 * A column that is written and compared by token and keeps the token's hash. It cannot be read
 * back.
 */
export const hashedToken = customType<{ data: string; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: hashToken,
  fromDriver: () => '',
});

export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const tenantId = () => uuid('tenant_id').notNull();
