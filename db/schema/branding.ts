import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes } from '@/db/schema/columns';
import { tenants } from '@/db/schema/tenants';

/** How a tenant shows itself to its people. Without a row, by its name and our colours. */
export const branding = pgTable('branding', {
  tenantId: uuid('tenant_id')
    .primaryKey()
    .references(() => tenants.id, { onDelete: 'cascade' }),
  nameEn: text('name_en'),
  nameFr: text('name_fr'),
  supportEn: text('support_en'),
  supportFr: text('support_fr'),
  noteEn: text('note_en'),
  noteFr: text('note_fr'),
  /** As it was chosen; the shades that are drawn are computed from it. */
  colour: text('colour'),
  /** A digest of the picture: its address changes with it. */
  logoVersion: text('logo_version'),
  logoWidth: integer('logo_width'),
  logoHeight: integer('logo_height'),
});

/** The picture by itself, because every request reads the row above. */
export const brandLogos = pgTable('brand_logos', {
  tenantId: uuid('tenant_id')
    .primaryKey()
    .references(() => tenants.id, { onDelete: 'cascade' }),
  version: text('version').notNull(),
  png: bytes('png').notNull(),
});
