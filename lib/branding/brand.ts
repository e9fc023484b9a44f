import type { Locale } from '@/lib/language/locale';

/** How a tenant shows itself, as it is kept. Null where it has not decided. */
export type Branding = {
  nameEn: string | null;
  nameFr: string | null;
  supportEn: string | null;
  supportFr: string | null;
  noteEn: string | null;
  noteFr: string | null;
  colour: string | null;
  logoVersion: string | null;
  logoWidth: number | null;
  logoHeight: number | null;
};

/** The same for one reader. */
export type Brand = {
  name: string | null;
  support: string | null;
  note: string | null;
  colour: string | null;
  logo: { path: string; width: number; height: number } | null;
};

export const NO_BRANDING: Branding = {
  nameEn: null,
  nameFr: null,
  supportEn: null,
  supportFr: null,
  noteEn: null,
  noteFr: null,
  colour: null,
  logoVersion: null,
  logoWidth: null,
  logoHeight: null,
};

/** In characters, by CSS pixels; the database holds to the same. */
export const BRAND_LENGTHS = { name: 60, support: 200, note: 300 } as const;

/** Returns a tenant's brand in a language; text in one language only serves both. Pure. */
export function brandFor(branding: Branding | null, locale: Locale): Brand | null {
  if (!branding) return null;
  const pick = (en: string | null, fr: string | null) => (locale === 'fr' ? (fr ?? en) : (en ?? fr));
  const { logoVersion, logoWidth, logoHeight } = branding;
  return {
    name: pick(branding.nameEn, branding.nameFr),
    support: pick(branding.supportEn, branding.supportFr),
    note: pick(branding.noteEn, branding.noteFr),
    colour: branding.colour,
    logo:
      logoVersion && logoWidth && logoHeight
        ? { path: `/branding/logo?v=${logoVersion}`, width: logoWidth, height: logoHeight }
        : null,
  };
}
