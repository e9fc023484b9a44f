import type { Page } from 'playwright/test';
import { NEW_PASSWORD } from '@/tests/support/users';
import { expect, statusIn, test } from './support/journey';
import { openOffice } from './support/office';

test('the strength meter says how easily a password is guessed, and rejects none', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/settings/password'));
  const password = page.getByLabel('New password', { exact: true });
  const meter = page.getByRole('status').filter({ hasText: /./ });
  await password.fill('aa');
  await expect(meter).toHaveText('Too short: use at least 8 characters');
  await password.fill('wicked sprockets');
  await expect(meter).toHaveText(/easy to guess/i);
  await password.fill(NEW_PASSWORD);
  await expect(meter).toHaveText('Strong');
});

test('what is refused is refused with its reason, at its field', async ({ page }) => {
  const office = await openOffice({ policy: { passwordMinLength: 10 } });
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/settings/password'));
  const password = page.getByLabel('New password', { exact: true });
  for (const [wish, reason] of [
    ['nine char', 'At least 10 characters.'],
    ['x'.repeat(129), 'At most 128 characters.'],
    ['1234567890', 'This password is one of the first that anyone would try.'],
    ['ask MILO about it', 'must not contain your name, your username or your company’s name'],
    ['wicked weather today', 'must not contain your name, your username or your company’s name'],
    [office.milo.password, 'This is your current password.'],
  ] as const) {
    await change(page, office.milo.password, wish);
    await expect(password).toHaveAccessibleDescription(new RegExp(reason));
    await expect(password).toBeFocused();
    await expect(password).toHaveValue('');
  }
  await change(page, 'not my password', NEW_PASSWORD);
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription(/not your current password/);
  await change(page, office.milo.password, NEW_PASSWORD, `${NEW_PASSWORD} `);
  await expect(page.getByLabel('New password again')).toHaveAccessibleDescription(
    'The two passwords are not the same.',
  );
});

test('spaces count, any characters do, pasting works, and show and hide', async ({ page, context }) => {
  const office = await openOffice();
  await office.enter(context, office.milo);
  await page.goto(office.at('/settings/password'));
  const wish = '  ünïcödé 🔑 mit spaces  ';
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((text) => navigator.clipboard.writeText(text), wish);
  await page.getByLabel('Current password').fill(office.milo.password);
  for (const label of ['New password', 'New password again']) {
    await page.getByLabel(label, { exact: true }).focus();
    await page.keyboard.press('Control+V');
  }
  const password = page.getByLabel('New password', { exact: true });
  await expect(password).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show password' }).nth(1).click();
  await expect(password).toHaveAttribute('type', 'text');
  await expect(password).toHaveValue(wish);
  await page.getByRole('button', { name: 'Hide password' }).click();
  await expect(password).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(statusIn(page)).toContainText('Your password is changed.');

  await change(page, wish.trim(), NEW_PASSWORD);
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription(/not your current password/);
  await change(page, wish, NEW_PASSWORD);
  await expect(statusIn(page)).toContainText('Your password is changed.');
});

async function change(page: Page, current: string, wish: string, repeat = wish) {
  await page.getByLabel('Current password').fill(current);
  await page.getByLabel('New password', { exact: true }).fill(wish);
  await page.getByLabel('New password again').fill(repeat);
  await page.getByRole('button', { name: 'Change password' }).click();
}
