import type { Page } from 'playwright/test';
import { age } from '@/tests/support/clock';
import { alertIn, confirm, expect, signIn, statusIn, test, typeSignIn } from './support/journey';
import { type Office, openOffice } from './support/office';

const WAIT = 'Too many failed attempts. Wait 15 minutes, then try again. Your administrator can unlock you sooner.';

test('five failures and the page says how long to wait; an administrator unlocks', async ({ page, visit }) => {
  const office = await openOffice();
  await failFiveTimes(page, office, 'milo');
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(alertIn(page)).toHaveText(WAIT);

  const admin = await visit();
  await office.enter(admin.context(), office.dana);
  await admin.goto(office.at('/admin/users'));
  await expect(admin.getByRole('row').filter({ hasText: 'Milo Tanaka' })).toContainText('Locked');
  await admin.getByRole('link', { name: 'Milo Tanaka' }).click();
  await confirm(admin, 'Unlock', 'Unlock sign-in for Milo Tanaka?');
  await expect(statusIn(admin)).toHaveText('Sign-in is unlocked.');
  await expect(admin.getByText('Sign-in is not locked.')).toBeVisible();

  await signIn(page, office, office.milo);
});

test('an unknown username is locked in the same way', async ({ page }) => {
  const office = await openOffice();
  await failFiveTimes(page, office, 'nobody-of-this-name');
});

test('after fifteen minutes the right password works, and the count starts again', async ({ page }) => {
  const office = await openOffice();
  await failFiveTimes(page, office, '202');
  await age('throttles', 14 * 60, `tenant_id = '${office.tenant.id}'`);
  await typeSignIn(page, '202', office.milo.password);
  await expect(alertIn(page)).toContainText('Wait 1 minute, then try again.');
  await age('throttles', 61, `tenant_id = '${office.tenant.id}'`);
  await typeSignIn(page, '202', office.milo.password);
  await expect(page).toHaveURL(office.at('/home'));
});

test('a stranger’s failures do not lock a user out of a known browser', async ({ page, visit }) => {
  const office = await openOffice();
  await signIn(page, office, office.milo);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await failFiveTimes(await visit(), office, 'milo');
  await signIn(page, office, office.milo);
});

/** Four ordinary refusals, and a fifth that locks. */
async function failFiveTimes(page: Page, office: Office, username: string) {
  for (const attempt of [1, 2, 3, 4, 5]) {
    await page.goto(office.at('/sign-in'));
    await typeSignIn(page, username, `guess ${attempt}`);
    await expect(alertIn(page)).toHaveText(
      attempt < 5 ? 'The username or password is not right. Check both and try again.' : WAIT,
    );
  }
}
