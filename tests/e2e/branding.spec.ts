import sharp from 'sharp';
import { expect, statusIn, test, typeSignIn } from './support/journey';
import { openMail } from './support/mailbox';
import { openOffice } from './support/office';

test('branding is previewed while typing, then shown on the sign-in page, in the portal and in mail', async ({
  page,
  visit,
}) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/home'));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Branding' }).click();
  await page.getByLabel('Name in English').fill('Sprockets & Sons');
  await page.getByLabel('Name in French').fill('Pignons et fils');
  await page.getByLabel('Colour').fill('#7a1fa2');
  await page.getByLabel('Support contact in English').fill('Extension 100');
  await page.getByLabel('Note in English').fill('For staff only.');
  const preview = page.getByRole('region', { name: 'Preview' });
  const samples = preview.getByRole('figure');
  await expect(samples).toHaveCount(2);
  for (const sample of await samples.all()) {
    await expect(sample).toContainText('Sprockets & Sons');
    await expect(sample).toContainText('For staff only.');
    await expect(sample).toContainText('Need help? Extension 100');
  }
  const colours = await preview
    .getByText('Forgot your password?')
    .evaluateAll((links) => links.map((link) => getComputedStyle(link).color));
  expect(new Set(colours).size).toBe(2);
  const grounds = await samples.evaluateAll((all) => all.map((sample) => getComputedStyle(sample).backgroundColor));
  expect(new Set(grounds).size).toBe(2);
  await page.getByLabel('Logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: await picture() });
  await expect(preview.locator('img')).toHaveCount(2);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('The branding is saved.');
  await expect(page.getByRole('banner')).toContainText('Sprockets & Sons');

  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await expect(milo.getByRole('main')).toContainText('Sprockets & Sons');
  await expect(milo.getByText('For staff only.')).toBeVisible();
  await expect(milo.getByText('Need help? Extension 100')).toBeVisible();
  const mark = await milo.locator('.mark').evaluate((element) => getComputedStyle(element).backgroundImage);
  const address = /url\("(.+)"\)/.exec(mark)?.[1] ?? '';
  const look = (path: string, headers = {}) =>
    milo.evaluate(
      async ([path, headers]) => {
        const { status, headers: told } = await fetch(path, { headers, cache: 'no-store' });
        return { status, headers: Object.fromEntries(told) };
      },
      [path, headers] as const,
    );
  const logo = await look(address);
  expect(logo.status).toBe(200);
  expect(logo.headers).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'private, max-age=31536000, immutable',
  });
  expect((await look(address, { 'if-none-match': logo.headers.etag })).status).toBe(304);
  expect((await look('/branding/logo?v=old')).headers['cache-control']).toBe('private, no-cache');
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));
  await milo.getByRole('button', { name: 'Français' }).click();
  await expect(milo.getByRole('banner')).toContainText('Pignons et fils');

  const stranger = await visit();
  await stranger.goto(office.at('/forgot-password'));
  await stranger.getByLabel('Username').fill('dana');
  await stranger.getByRole('button', { name: 'Continue' }).click();
  await expect(stranger).toHaveURL(office.at('/forgot-password/submitted'));
  await openMail(stranger, office.dana.email, 'Choose a new password');
  const letter = stranger.frameLocator('iframe');
  await expect(letter.getByText('Need help? Extension 100')).toBeVisible();
  await expect
    .poll(() => letter.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
});

test('an SVG and a file that only calls itself a picture are refused, and what was typed stays', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/branding'));
  for (const [name, mimeType, text] of [
    ['logo.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['logo.png', 'image/png', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ] as const) {
    await page.getByLabel('Name in English').fill('Kept');
    await page.getByLabel('Logo').setInputFiles({ name, mimeType, buffer: Buffer.from(text) });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('This is no picture that we can use.')).toBeVisible();
    await expect(page.getByLabel('Name in English')).toHaveValue('Kept');
  }
  await page
    .getByLabel('Logo')
    .setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: Buffer.alloc(2 ** 20 + 1) });
  await expect(page.getByText('This picture is too large.')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Logo')).toBeFocused();
  await expect(statusIn(page)).toHaveCount(0);
  // A new brand comes with a new page, which says so once more: a reload before that would be cut
  // off by it.
  const replaced = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Save' }).click();
  await replaced;
  await expect(statusIn(page)).toHaveText('The branding is saved.');
  await expect(page).toHaveURL(office.at('/admin/branding'));
  await page.reload();
  await expect(statusIn(page)).toHaveCount(0);
});

test('an agent finds no Branding', async ({ page, trouble }) => {
  trouble.expectStatus(404);
  const office = await openOffice();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/home'));
  await expect(page.getByRole('link', { name: 'Branding' })).toHaveCount(0);
  expect((await page.goto(office.at('/admin/branding')))?.status()).toBe(404);
});

function picture() {
  const text =
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="80"><rect width="320" height="80" rx="12" fill="#7a1fa2"/><circle cx="50" cy="40" r="24" fill="#fff"/></svg>';
  return sharp(Buffer.from(text)).png().toBuffer();
}
