import { admin } from '@/tests/support/clock';
import { expect, signIn, test } from './support/journey';
import { openOffice } from './support/office';

test('Home greets, shows the last sign-in and what the user may open', async ({ page, visit }) => {
  const office = await openOffice();
  await signIn(page, office, office.milo);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');
  await expect(page.getByText('This is your first sign-in. Welcome.')).toBeVisible();
  await expect(page.getByRole('main').getByRole('heading', { level: 3 })).toHaveText([
    'Profile',
    'Password',
    'Two-factor',
    'Sessions',
  ]);
  await admin()`update last_sign_ins set at = '2026-03-05 14:30:00+00' where user_id = ${office.milo.id}`;
  const later = await visit();
  await signIn(later, office, office.milo);
  await expect(later.getByText(/Your last sign-in before this one: March 5, 2026.* at 9:30.am, from /)).toBeVisible();
  await later.getByRole('link', { name: 'Not you? See your devices' }).click();
  await expect(later).toHaveURL(office.at('/settings/sessions'));
});

test('an administrator also finds Users, Security Policies and Audit', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin'));
  await expect(page).toHaveURL(office.at('/admin/users'));
  await page.goto(office.at('/home'));
  const main = page.getByRole('main');
  await main.getByRole('link', { name: 'Users', exact: true }).click();
  await expect(page).toHaveURL(office.at('/admin/users'));
  await page.goBack();
  await main.getByRole('link', { name: 'Security Policies' }).click();
  await expect(page).toHaveURL(office.at('/admin/security'));
  await page.goBack();
  await main.getByRole('link', { name: 'Audit' }).click();
  await expect(page).toHaveURL(office.at('/admin/audit'));
});

test('each warning on Home links to the page that fixes it', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.ruth);
  await page.goto(office.at('/home'));
  await page.getByRole('link', { name: 'Add an e-mail address' }).click();
  await expect(page).toHaveURL(office.at('/settings/profile#email'));
  await page.goto(office.at('/home'));
  await page.getByRole('link', { name: 'Switch on two-factor' }).click();
  await expect(page).toHaveURL(office.at('/settings/two-factor'));
  await office.enrol(office.ruth);
  await page.goto(office.at('/home'));
  await expect(page.getByText('You have no second factor')).toHaveCount(0);
  await expect(page.getByText('You have no e-mail address')).toBeVisible();
});
