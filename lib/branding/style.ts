import type { Brand } from '@/lib/branding/brand';
import { shadesOf } from '@/lib/branding/shades';

/** How wide a logo may be drawn at the height of the mark, in rem. */
const WIDEST = 9;

/**
 * Returns the few CSS rules that put a brand on a page: its shades in both themes and its logo in
 * the mark's place. They are the whole cost of it: no script, no other markup. Only checked values
 * go in. Empty without a brand. Pure.
 */
export function brandStyle(brand: Pick<Brand, 'colour' | 'logo'> | null) {
  if (!brand) return '';
  return `${colourStyle(brand.colour, 'html:root')}${logoStyle(brand.logo, '.mark')}`;
}

/** The shades of a colour as the variables of globals.css, for a selector. */
export function colourStyle(colour: string | null, selector: string) {
  if (!colour || !/^#[0-9a-f]{6}$/.test(colour)) return '';
  const { primary, fill, strong } = shadesOf(colour);
  const both = ({ light, dark }: { light: string; dark: string }) => `light-dark(${light},${dark})`;
  return `${selector}{--primary:${both(primary)};--primary-fill:${both(fill)};--primary-fill-strong:${both(strong)}}`;
}

function logoStyle(logo: Brand['logo'], selector: string) {
  if (!logo || !/^\/branding\/logo\?v=[\w-]+$/.test(logo.path)) return '';
  const width = Math.min(WIDEST, Math.max(1, (1.75 * logo.width) / logo.height)) + 0.5;
  // A dark logo must be seen in the dark as well: it stands on a light plate there.
  return `${selector}{width:${width.toFixed(2)}rem;max-width:40vw;padding:.125rem .25rem;background:light-dark(transparent,#f4f6f9) url(${logo.path}) center/contain no-repeat content-box;color:transparent}`;
}
