import { createHash } from 'node:crypto';
import { failure } from '@/lib/result';

/** In bytes, as it is sent. */
export const LARGEST_LOGO = 1024 * 1024;
/** In bytes, as it is kept: every first visit carries it. */
const LARGEST_KEPT = 128 * 1024;
/** Twice what is drawn at most, for screens of double density. */
const BOX = { width: 640, height: 128 };
/** What a decoder may unfold, in pixels. */
const MOST_PIXELS = 24_000_000;

export type Logo = { png: Buffer; version: string; width: number; height: number };

/**
 * Returns the picture as it is stored: decoded, rotated, scaled into a box and encoded as a new
 * PNG, so that no metadata and no trailing data of the file remain. Fails at `logo` with
 * `logo-form` if its first bytes are not PNG, JPEG or WebP (SVG is refused) or it does not decode,
 * and with `logo-too-large`.
 */
export async function readLogo(file: Buffer): Promise<{ ok: true; logo: Logo } | ReturnType<typeof wrong>> {
  if (file.length > LARGEST_LOGO) return wrong('logo-too-large');
  if (!isPicture(file)) return wrong('logo-form');
  // Loaded at the first logo, so that an idle server does not carry it.
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  try {
    const draw = (palette: boolean) =>
      sharp(file, { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 })
        .timeout({ seconds: 5 })
        .autoOrient()
        .resize({ ...BOX, fit: 'inside', withoutEnlargement: true })
        .png({ compressionLevel: 9, palette })
        .toBuffer({ resolveWithObject: true });
    let { data: png, info } = await draw(false);
    if (png.length > LARGEST_KEPT) ({ data: png, info } = await draw(true));
    if (png.length > LARGEST_KEPT) return wrong('logo-too-large');
    const version = createHash('sha256').update(png).digest('base64url').slice(0, 16);
    return { ok: true, logo: { png, version, width: info.width, height: info.height } };
  } catch {
    return wrong('logo-form');
  }
}

function wrong(error: 'logo-form' | 'logo-too-large') {
  return error === 'logo-form'
    ? failure('logo-form', { field: 'logo' })
    : failure('logo-too-large', { field: 'logo', kilobytes: LARGEST_LOGO / 1024 });
}

function isPicture(file: Buffer) {
  const starts = (bytes: number[], at = 0) => bytes.every((byte, index) => file[at + index] === byte);
  return (
    starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ||
    starts([0xff, 0xd8, 0xff]) ||
    (starts([0x52, 0x49, 0x46, 0x46]) && starts([0x57, 0x45, 0x42, 0x50], 8))
  );
}
