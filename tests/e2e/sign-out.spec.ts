import { admin } from '@/tests/support/clock';
import { expect, test } from './support/journey';
import { openOffice } from './support/office';

test('the icon signs out: the row is gone, the cookie is gone, and Back shows nothing', async ({ page, context }) => {
  const office = await openOffice();
  const session = await office.enter(context, office.milo);
  await page.goto(office.at('/settings/profile'));
  await expect(page.getByLabel('Last name')).toHaveValue('Tanaka');
  await page.goto(office.at('/settings/sessions'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(office.at('/sign-in?reason=signed-out'));
  await expect(page.getByText('You are signed out.')).toBeVisible();
  expect(await admin()`select id from sessions where id = ${session}`).toHaveLength(0);
  expect((await context.cookies(office.at())).map(({ name }) => name)).not.toContain('sid');
  for (const step of [1, 2]) {
    await page.goBack();
    await expect(page, `Back, ${step}`).toHaveURL(/\/sign-in/);
    await expect(page.getByText('Tanaka')).toHaveCount(0);
  }
});

test('on a phone: open the menu, tap Sign out', async ({ visit }) => {
  const office = await openOffice();
  const page = await visit({ viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/home'));
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeHidden();
  await page.getByRole('button', { name: 'Menu' }).tap();
  const main = page.getByRole('navigation', { name: 'Main' });
  await expect(main.getByRole('link')).toHaveText([
    'Home',
    'Settings',
    'Users',
    'Security Policies',
    'Branding',
    'Audit',
  ]);
  await main.getByRole('link', { name: 'Users' }).tap();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Users');
  await page.getByRole('button', { name: 'Menu' }).tap();
  await page.getByRole('button', { name: 'Sign out' }).tap();
  await expect(page).toHaveURL(office.at('/sign-in?reason=signed-out'));
});
