import { eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { branding, brandLogos } from '@/db/schema/branding';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { BRAND_LENGTHS, type Branding, NO_BRANDING } from '@/lib/branding/brand';
import { type Logo, readLogo } from '@/lib/branding/logo';
import { conflictWith, type Saved } from '@/lib/forms/version';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { hasLink, oneLine } from '@/lib/text';

export type BrandingInput = Omit<Branding, 'logoVersion' | 'logoWidth' | 'logoHeight'> & {
  /** The file as it came; `remove` takes the logo away, `keep` leaves it. */
  logo: Buffer | 'keep' | 'remove';
};

/** Returns a tenant's stored branding. */
export async function findBranding(tenant: Pick<Tenant, 'id'>): Promise<Branding> {
  const [row] = await withTenant(tenant.id, (tx) => tx.select().from(branding).where(eq(branding.tenantId, tenant.id)));
  return row ?? NO_BRANDING;
}

/** Returns the logo and its version, or undefined. */
export async function findLogo(tenant: Pick<Tenant, 'id'>) {
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ png: brandLogos.png, version: brandLogos.version })
      .from(brandLogos)
      .where(eq(brandLogos.tenantId, tenant.id)),
  );
  return row;
}

/**
 * Stores how a tenant shows itself. What is empty falls back to the other language, then to ours.
 * Characters that turn the direction of text or end a line are taken out. Fails at `colour` with
 * `colour-form`, at a name with `name-link`, and at `logo` as readLogo does.
 */
export async function saveBranding(tenant: Tenant, { logo, ...input }: BrandingInput, cause: Cause, version?: string) {
  const colour = input.colour?.toLowerCase() || null;
  if (colour !== null && !/^#[0-9a-f]{6}$/.test(colour)) return failure('colour-form', { field: 'colour' });
  for (const field of ['nameEn', 'nameFr'] as const)
    if (hasLink(input[field] ?? '')) return failure('name-link', { field });
  const read = Buffer.isBuffer(logo) ? await readLogo(logo) : undefined;
  if (read && !read.ok) return read;
  const words = {
    nameEn: clean(input.nameEn, BRAND_LENGTHS.name),
    nameFr: clean(input.nameFr, BRAND_LENGTHS.name),
    supportEn: clean(input.supportEn, BRAND_LENGTHS.support),
    supportFr: clean(input.supportFr, BRAND_LENGTHS.support),
    noteEn: clean(input.noteEn, BRAND_LENGTHS.note),
    noteFr: clean(input.noteFr, BRAND_LENGTHS.note),
    colour,
  };
  return withTenant(tenant.id, async (tx) => {
    await tx.execute(sql`select 1 from tenants where id = ${tenant.id} for update`);
    const [now] = await tx.select().from(branding).where(eq(branding.tenantId, tenant.id));
    const conflict = conflictWith(savedBranding(now ?? NO_BRANDING), version);
    if (conflict) return conflict;
    const row = { ...words, ...(await storeLogo(tx, tenant.id, read?.logo ?? (logo === 'remove' ? null : undefined))) };
    await tx
      .insert(branding)
      .values({ tenantId: tenant.id, ...row })
      .onConflictDoUpdate({ target: branding.tenantId, set: row });
    record(tx, tenant.id, cause, 'branding_update', {
      detail: {
        name: words.nameEn ?? words.nameFr,
        colour,
        logo: read?.logo.version ?? (logo === 'remove' ? 'removed' : 'kept'),
        ...changesBetween(now, words),
      },
    });
    return { ok: true } as const;
  });
}

/** Returns what the form shows of what is saved. Pure. */
export function savedBranding(saved: Branding): Saved {
  const { nameEn, nameFr, supportEn, supportFr, noteEn, noteFr, colour } = saved;
  return { nameEn, nameFr, supportEn, supportFr, noteEn, noteFr, colour };
}

/** Stores the logo, or removes it with null. Returns the columns that refer to it. */
async function storeLogo(tx: Tx, tenantId: string, logo: Logo | null | undefined) {
  if (logo === undefined) return {};
  if (logo === null) {
    await tx.delete(brandLogos).where(eq(brandLogos.tenantId, tenantId));
    return { logoVersion: null, logoWidth: null, logoHeight: null };
  }
  const { png, version, width, height } = logo;
  await tx
    .insert(brandLogos)
    .values({ tenantId, version, png })
    .onConflictDoUpdate({ target: brandLogos.tenantId, set: { version, png } });
  return { logoVersion: version, logoWidth: width, logoHeight: height };
}

function clean(text: string | null, longest: number) {
  return oneLine(text ?? '', longest) || null;
}
