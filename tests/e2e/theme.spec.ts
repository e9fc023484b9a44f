import type { Page } from 'playwright/test';
import { expect, test } from './support/journey';
import { openOffice } from './support/office';

test('the half circle cycles light, dark and system, and the browser keeps the choice', async ({ page }) => {
  const office = await openOffice();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(office.at('/sign-in'));
  await expectTheme(page, 'system', 'dark');
  await page.getByRole('button', { name: 'Theme: system' }).click();
  await expectTheme(page, 'light', 'light');
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await expectTheme(page, 'dark', 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.reload();
  await expectTheme(page, 'dark', 'dark');
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/home'));
  await expectTheme(page, 'dark', 'dark');
  await page.getByRole('button', { name: 'Theme: dark' }).click();
  await expectTheme(page, 'system', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectTheme(page, 'system', 'dark');
});

test('no flash: a dark page is dark before any script file has come and at its first frame', async ({ page }) => {
  const office = await openOffice();
  await page.goto(office.at('/sign-in'));
  await page.evaluate(() => localStorage.setItem('theme', 'dark'));
  await page.addInitScript(() => {
    const frames: (string | undefined)[] = [];
    Object.assign(window, { frames_seen: frames });
    const look = () => {
      if (document.querySelector('h1')) frames.push(document.documentElement.dataset.theme);
      if (frames.length < 5) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/*.js', async (route) => {
    await released;
    await route.continue();
  });
  await page.reload({ waitUntil: 'commit' });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await lightnessOf(page)).toBeLessThan(20);
  release();
  await expect(page.getByRole('button', { name: 'Theme: dark' })).toBeVisible();
  const frames = await page.evaluate(() => (window as unknown as { frames_seen: string[] }).frames_seen);
  expect(new Set(frames)).toEqual(new Set(['dark']));
});

test('with JavaScript off the system’s theme is shown', async ({ visit }) => {
  const office = await openOffice();
  const page = await visit({ javaScriptEnabled: false, colorScheme: 'dark' });
  await page.goto(office.at('/sign-in'));
  await expect(page.getByRole('button', { name: /Theme/ })).toBeHidden();
  await expect(page.locator('html')).toHaveCSS('background-color', /^lab\(\d\.\d/);
});

async function expectTheme(page: Page, chosen: string, shown: 'light' | 'dark') {
  await expect(page.getByRole('button', { name: `Theme: ${chosen}` })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', shown);
  const lightness = await lightnessOf(page);
  if (shown === 'dark') expect(lightness).toBeLessThan(20);
  else expect(lightness).toBeGreaterThan(90);
}

/** Of the page's background, from 0 to 100. */
async function lightnessOf(page: Page) {
  const colour = await page.locator('html').evaluate((html) => getComputedStyle(html).backgroundColor);
  return Number(/lab\(([\d.]+)/.exec(colour)?.[1]);
}
