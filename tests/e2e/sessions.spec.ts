import type { Page } from 'playwright/test';
import { admin, age } from '@/tests/support/clock';
import { confirm, expect, signIn, statusIn, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

const FOUR_HOURS = 4 * 3600 + 61;

/**
 * Moves the page's clock on until the page asks the server: it watches the time only once its
 * scripts have run.
 */
async function passFourHours(page: Page) {
  let asked = false;
  page.on('request', (request) => {
    asked ||= request.url().endsWith('/api/session');
  });
  await expect
    .poll(async () => {
      if (!asked) await page.clock.fastForward('04:02:00');
      return asked;
    })
    .toBe(true);
}

test('an open page goes to sign-in by itself after four idle hours, says why, and comes back', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.clock.install();
  await page.goto(office.at('/admin/users?q=milo'));
  await expect(page.getByText('1 person')).toBeVisible();
  await age('sessions', FOUR_HOURS, `tenant_id = '${office.tenant.id}'`);
  await passFourHours(page);
  await expect(page).toHaveURL(/\/sign-in\?reason=idle&return_to=/);
  await expect(page.getByText('You were signed out because nothing happened for a while.')).toBeVisible();
  await typeSignIn(page, 'dana', office.dana.password);
  await expect(page).toHaveURL(office.at('/admin/users?q=milo'));
});

test('a page left open stays while another tab keeps the session alive', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.milo);
  await page.clock.install();
  await page.goto(office.at('/settings/sessions'));
  const asked = page.waitForResponse((response) => response.url().endsWith('/api/session'));
  await passFourHours(page);
  expect(await (await asked).json()).toMatchObject({ live: true });
  await expect(page).toHaveURL(office.at('/settings/sessions'));
});

test('the next request after four idle hours says why, and interactions put the end off', async ({ page }) => {
  const office = await openOffice();
  const session = await office.enter(page.context(), office.milo);
  await page.goto(office.at('/settings/profile'));
  await age('sessions', 4 * 3600 - 30, `tenant_id = '${office.tenant.id}'`);
  await page.goto(office.at('/settings/sessions'));
  await expect(page.getByText('This device', { exact: true })).toBeVisible();
  const [row] =
    await admin()`select now() - last_seen_at < interval '1 minute' as fresh from sessions where id = ${session}`;
  expect(row?.fresh).toBe(true);
  await age('sessions', FOUR_HOURS, `tenant_id = '${office.tenant.id}'`);
  await page.reload();
  await expect(page).toHaveURL(office.at('/sign-in?reason=idle&return_to=%2Fsettings%2Fsessions'));
});

test('after a day even a busy session ends', async ({ page }) => {
  const office = await openOffice();
  const session = await office.enter(page.context(), office.milo);
  await page.goto(office.at('/home'));
  await admin()`update sessions set absolute_until = now() where id = ${session}`;
  await page.reload();
  await expect(page).toHaveURL(office.at('/sign-in?reason=absolute'));
  await expect(page.getByText('a sign-in lasts only so long')).toBeVisible();
});

test('Settings lists the devices, ends one, and ends all others', async ({ page, visit }) => {
  const office = await openOffice();
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
  const [phone, tablet, desk] = [await visit({ userAgent }), await visit(), await visit()];
  for (const device of [phone, tablet, desk, page]) await signIn(device, office, office.milo);
  await page.goto(office.at('/settings/sessions'));
  await expect(page.getByText('You are signed in on 4 devices.')).toBeVisible();
  const own = page.getByRole('row').filter({ hasText: 'This device' });
  await expect(own).toContainText(/Chrom/);
  await expect(own).toContainText(/127\.0\.0\.1|::1/);

  const row = page.getByRole('row').filter({ hasText: 'Safari' });
  await row.locator('summary').click();
  await expect(page.getByRole('dialog')).toContainText(/End the session of Safari · iOS from /);
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await expect(row).toHaveCount(0);
  await expect(statusIn(page)).toHaveText('The session is ended.');
  await expect(statusIn(page).locator('[data-form-message]')).toBeFocused();
  await expect(page.getByText('You are signed in on 3 devices.')).toBeVisible();
  await phone.reload();
  await expect(phone).toHaveURL(office.at('/sign-in?reason=ended'));

  await confirm(page, 'End all others', 'End all your other sessions?');
  await expect(statusIn(page)).toHaveText('2 other sessions are ended.');
  await expect(page.getByText('You are signed in on this device only.')).toBeVisible();
  for (const device of [tablet, desk]) {
    await device.reload();
    await expect(device).toHaveURL(office.at('/sign-in?reason=ended'));
  }
});

test('a session of one company is nothing on another’s host', async ({ page, context }) => {
  const [office, other] = await Promise.all([openOffice(), openOffice()]);
  await office.enter(context, office.milo);
  await page.goto(other.at('/home'));
  await expect(page).toHaveURL(other.at('/sign-in'));
  const [cookie] = (await context.cookies(office.at())).filter(({ name }) => name === 'sid');
  await context.addCookies([{ name: 'sid', value: cookie?.value ?? '', url: other.at() }]);
  await page.goto(other.at('/home'));
  await expect(page).toHaveURL(other.at('/sign-in?reason=ended'));
  await page.goto(office.at('/home'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');
});
