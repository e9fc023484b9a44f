import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { type Brand, brandFor, NO_BRANDING } from '@/lib/branding/brand';
import { LARGEST_LOGO, readLogo } from '@/lib/branding/logo';
import { type BrandingInput, findBranding, findLogo, saveBranding } from '@/lib/branding/settings';
import { shadesOf } from '@/lib/branding/shades';
import { brandStyle } from '@/lib/branding/style';
import { renderMail } from '@/lib/emails/render';
import { findSession } from '@/lib/sessions/find';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

describe('a colour', () => {
  /**
   * `--sunken`, the darkest ground of the light theme and the lightest of the dark one, and
   * `--raised`, as globals.css has them.
   */
  const GROUNDS = { light: ['#eef1f5', '#ffffff'], dark: ['#222831', '#1a1f27', '#0f131a'] };
  const COLOURS = [
    '#000000',
    '#ffffff',
    '#ffff00',
    '#00ff00',
    '#ff0000',
    '#0000ff',
    '#7f7f7f',
    '#1d5fd1',
    '#f5d90a',
    '#ff69b4',
  ].concat(
    Array.from({ length: 64 }, (_, at) => `#${((at * 262_147 + 4099) % 0xffffff).toString(16).padStart(6, '0')}`),
  );

  test.each(COLOURS)('%s is drawn so that words meet AA in both themes', (colour) => {
    const { primary, fill, strong } = shadesOf(colour);
    for (const theme of ['light', 'dark'] as const) {
      for (const ground of GROUNDS[theme])
        expect([ground, contrastOf(primary[theme], ground)]).toEqual([
          ground,
          expect.toSatisfy((ratio: number) => ratio >= 4.5),
        ]);
      for (const area of [fill, strong]) expect(contrastOf(area[theme], '#ffffff')).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('with enough contrast stays as it is below white text', () => {
    expect(shadesOf('#1d5fd1').fill.light).toBe('#1d5fd1');
  });

  test('goes into a style sheet only as itself, and a logo only by its own address', () => {
    const hostile: Pick<Brand, 'colour' | 'logo'> = {
      colour: '#fff}</style><script>alert(1)</script>',
      logo: { path: "/branding/logo?v=a'); } body { background: url(https://evil.example", width: 1, height: 1 },
    };
    expect(brandStyle(hostile)).toBe('');
    expect(brandStyle(null)).toBe('');
    expect(brandStyle({ colour: '#aa3300', logo: { path: '/branding/logo?v=a-B_9', width: 300, height: 60 } })).toMatch(
      /^html:root\{--primary:light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\);[^<]*\}\.mark\{width:9\.25rem;[^<]*\}$/,
    );
  });
});

describe('a logo', () => {
  test.each(['png', 'jpeg', 'webp'] as const)('as %s is kept as a PNG that fits', async (format) => {
    const file = await picture(1600, 300).toFormat(format).toBuffer();
    const read = await readLogo(file);
    if (!read.ok) throw new Error(read.error);
    expect(await sharp(read.logo.png).metadata()).toMatchObject({ format: 'png', width: 640, height: 120 });
    expect(read.logo).toMatchObject({ width: 640, height: 120, version: expect.stringMatching(/^[\w-]{16}$/) });
  });

  test('keeps nothing of the file but its picture', async () => {
    const file = await picture(300, 100)
      .withExif({ IFD0: { Copyright: 'canary-in-exif' } })
      .png()
      .toBuffer();
    const read = await readLogo(Buffer.concat([file, Buffer.from('<script>canary-behind</script>')]));
    if (!read.ok) throw new Error(read.error);
    expect(read.logo.png.includes('canary')).toBe(false);
    expect((await sharp(read.logo.png).metadata()).exif).toBeUndefined();
  });

  test('that lies on its side is turned upright', async () => {
    const file = await picture(400, 100).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await readLogo(file)).toMatchObject({ ok: true, logo: { width: 32, height: 128 } });
  });

  test.each<[string, Buffer | Promise<Buffer>]>([
    [
      'SVG',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'),
    ],
    [
      'SVG behind a declaration',
      Buffer.from('<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    ['HTML', Buffer.from('<!doctype html><title>x</title>')],
    ['GIF', picture(20, 20).gif().toBuffer()],
    ['TIFF', picture(20, 20).tiff().toBuffer()],
    ['PDF', Buffer.from('%PDF-1.7\n')],
    ['nothing but the first bytes of a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ['an empty file', Buffer.alloc(0)],
    [
      'a PNG cut in half',
      picture(300, 300)
        .png()
        .toBuffer()
        .then((file) => file.subarray(0, file.length / 2)),
    ],
    [
      'a SVG that calls itself a PNG',
      Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.from('<svg/>')]),
    ],
  ])('that is %s is refused', async (_name, file) => {
    expect(await readLogo(await file)).toEqual({ ok: false, error: 'logo-form', field: 'logo' });
  });

  test('of a hundred million pixels in a small file is refused, and a smaller one accepted', async () => {
    expect(await readLogo(blackSquare(300))).toMatchObject({ ok: true });
    const file = blackSquare(10_000);
    expect(file.length).toBeLessThan(LARGEST_LOGO / 10);
    expect(await readLogo(file)).toEqual({ ok: false, error: 'logo-form', field: 'logo' });
  });

  test('of more than a megabyte is refused unread', async () => {
    expect(await readLogo(Buffer.alloc(LARGEST_LOGO + 1))).toMatchObject({ error: 'logo-too-large', field: 'logo' });
  });
});

describe('the brand', () => {
  test('is kept clean: no line ends, nothing that turns the direction, nothing too long', async () => {
    const tenant = await newTenant();
    const nameEn = 'Acme\r\nBcc: all@example.com \u202Egnp.exe\u2066';
    expect(await saveBranding(tenant, words({ nameEn, noteEn: 'x'.repeat(400) }), cause)).toEqual({ ok: true });
    const kept = await findBranding(tenant);
    expect(kept.nameEn).toBe('Acme Bcc: all@example.com gnp.exe');
    expect(kept.noteEn).toHaveLength(300);
  });

  test('in one language serves both, in two each its own', () => {
    const one = { ...NO_BRANDING, nameEn: 'Acme' };
    expect([brandFor(one, 'en')?.name, brandFor(one, 'fr')?.name]).toEqual(['Acme', 'Acme']);
    const two = { ...one, nameFr: 'Acmé' };
    expect([brandFor(two, 'en')?.name, brandFor(two, 'fr')?.name]).toEqual(['Acme', 'Acmé']);
  });

  test('is sent with every page of its own tenant only', async () => {
    const [tenant, other] = await Promise.all([newTenant(), newTenant()]);
    const file = await picture(300, 60).png().toBuffer();
    await saveBranding(tenant, words({ nameEn: 'Acme', colour: '#AA3300', logo: file }), cause);
    const found = await findSession({ kind: 'tenant', slug: tenant.slug }, undefined, false);
    expect(found?.brand).toMatchObject({ nameEn: 'Acme', colour: '#aa3300', logoWidth: 300, logoHeight: 60 });
    expect((await findSession({ kind: 'tenant', slug: other.slug }, undefined, false))?.brand).toBeNull();
    expect(await findLogo(other)).toBeUndefined();
    expect((await findLogo(tenant))?.version).toBe(found?.brand?.logoVersion);
  });

  test('keeps, changes or removes its logo, and records which', async () => {
    const tenant = await newTenant();
    const [one, two] = await Promise.all([picture(300, 60).png().toBuffer(), picture(100, 60).png().toBuffer()]);
    await saveBranding(tenant, words({ logo: one }), cause);
    const first = (await findLogo(tenant))?.version;
    await saveBranding(tenant, words({ logo: 'keep', nameEn: 'Acme' }), cause);
    expect((await findBranding(tenant)).logoVersion).toBe(first);
    await saveBranding(tenant, words({ logo: two }), cause);
    expect((await findLogo(tenant))?.version).not.toBe(first);
    await saveBranding(tenant, words({ logo: 'remove' }), cause);
    expect([await findLogo(tenant), (await findBranding(tenant)).logoVersion]).toEqual([undefined, null]);
    const told = (await eventsOf(tenant, 'branding_update')).map(({ detail }) => detail.logo);
    expect([told[0], told[1], told[3]]).toEqual([first, 'kept', 'removed']);
  });

  test('of a logo that is refused nothing is saved', async () => {
    const tenant = await newTenant();
    expect(await saveBranding(tenant, words({ nameEn: 'Acme', logo: Buffer.from('<svg/>') }), cause)).toMatchObject({
      error: 'logo-form',
    });
    expect(await saveBranding(tenant, words({ nameEn: 'Acme', colour: 'red;}' }), cause)).toMatchObject({
      error: 'colour-form',
      field: 'colour',
    });
    expect(await findBranding(tenant)).toEqual(NO_BRANDING);
    expect(await eventsOf(tenant, 'branding_update')).toEqual([]);
  });

  test('cannot be written around the domain', async () => {
    const tenant = await newTenant();
    await newUser(tenant);
    await saveBranding(tenant, words({}), cause);
    await expect(admin()`update branding set colour = 'red' where tenant_id = ${tenant.id}`).rejects.toThrow();
    await expect(admin()`update branding set logo_version = 'x' where tenant_id = ${tenant.id}`).rejects.toThrow();
  });
});

describe('a mail', () => {
  test.each(['en', 'fr'] as const)('carries name, logo, colour and support contact in %s', async (locale) => {
    const brand = {
      name: 'Acme & Söhne',
      support: 'Poste 100 <aide@acme.example>',
      note: null,
      colour: '#aa3300',
      logo: { path: '/branding/logo?v=abc', width: 640, height: 128 },
      logoUrl: 'https://acme.gatehouse.test/branding/logo?v=abc',
    };
    const reader = { locale, firstName: 'Dana', timeZone: 'America/Toronto' };
    const mail = { kind: 'reset-link', url: 'https://acme.gatehouse.test/reset-password/x', minutes: 60 } as const;
    const { html, text } = await renderMail(mail, reader, { name: 'Registered Name', brand });
    expect(html).toContain('<img src="https://acme.gatehouse.test/branding/logo?v=abc" width="240" height="48"');
    expect(html).toContain('Acme &amp; Söhne');
    expect(html).toContain('Poste 100 &lt;aide@acme.example&gt;');
    expect(html).toContain(shadesOf('#aa3300').fill.light);
    expect(html).toContain(`.link { color: ${shadesOf('#aa3300').primary.dark} !important; }`);
    expect(text).toContain('Acme & Söhne');
    expect(text).toContain('Poste 100 <aide@acme.example>');
    for (const body of [html, text]) expect(body).not.toContain('Registered Name');
  });
});

function picture(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#aa3300' } });
}

/**
 * A whole PNG of one bit a pixel. Written by hand: the library takes ten seconds for a large one.
 */
function blackSquare(side: number) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

function words(change: Partial<BrandingInput>): BrandingInput {
  const { logoVersion: _version, logoWidth: _width, logoHeight: _height, ...rest } = NO_BRANDING;
  return { ...rest, logo: 'keep', ...change };
}

/** Returns the contrast of two colours, `#rrggbb` (WCAG 2.2). */
function contrastOf(one: string, other: string) {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string) {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
