import { admin } from '@/tests/support/clock';
import { atRoot, expect, signIn, test } from './support/journey';
import { openOffice } from './support/office';

test('an unknown address says so, and shows no tenant’s name', async ({ page, trouble }) => {
  trouble.expectStatus(404);
  const address = new URL('/sign-in', atRoot());
  address.hostname = `nobody-here.${address.hostname}`;
  const response = await page.goto(address.href);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No account here');
  await expect(page.getByRole('button', { name: 'Sign in' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Find your account' }).click();
  await expect(page).toHaveURL(atRoot());
});

test('a suspended company shows its own page, also to signed-in users', async ({ page, trouble }) => {
  trouble.expectStatus(403);
  const office = await openOffice();
  await signIn(page, office, office.milo);
  await admin()`update tenants set status = 'suspended' where id = ${office.tenant.id}`;
  const response = await page.reload();
  expect(response?.status()).toBe(403);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Account suspended');
  await expect(page.getByText('Milo')).toHaveCount(0);
});

test('the bare address leads in, or to the sign-in page', async ({ page }) => {
  const office = await openOffice();
  await page.goto(office.at('/'));
  await expect(page).toHaveURL(office.at('/sign-in'));
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');
});
