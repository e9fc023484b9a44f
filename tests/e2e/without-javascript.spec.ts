import type { Page } from 'playwright/test';
import { admin } from '@/tests/support/clock';
import { codeOf, wrongCode } from '@/tests/support/totp';
import { NEW_PASSWORD } from '@/tests/support/users';
import { scan } from './support/camera';
import { alertIn, expect, test, typeSignIn } from './support/journey';
import { linkIn, openMail } from './support/mailbox';
import { openOffice } from './support/office';

test('sign-in, enrollment, recovery codes, Settings and sign-out', async ({ visit, browser }) => {
  const office = await openOffice({ policy: { secondFactor: 'required' } });
  const page = await visit({ javaScriptEnabled: false });
  await page.goto(office.at('/settings/profile'));
  await typeSignIn(page, 'milo', 'not the password');
  await expect(alertIn(page)).toHaveText('The username or password is not right. Check both and try again.');
  await expect(page.getByLabel('Username')).toHaveValue('milo');
  await expect(page.getByRole('button', { name: 'Show password' })).toBeHidden();
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/enroll'));
  const { secret } = await scan(browser, page.getByRole('img', { name: /QR code/ }));
  await continueWith(page, wrongCode(secret));
  await expect(alertIn(page)).toContainText('That code is not right.');
  await continueWith(page, codeOf(secret));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  const [code = ''] = await page
    .getByRole('list', { name: 'Your recovery codes' })
    .getByRole('listitem')
    .allTextContents();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  await download;
  await page.getByRole('button', { name: 'I have kept them: Continue' }).click();
  await expect(page).toHaveURL(office.at('/settings/profile'));
  await page.getByLabel('First name').fill('Mila');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your profile is saved.')).toBeVisible();
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(page.getByLabel('Prénom')).toHaveValue('Mila');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(office.at('/sign-in?reason=signed-out'));

  await typeSignIn(page, '202', office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/code'));
  await continueWith(page, codeOf(secret, 1));
  await expect(page).toHaveURL(office.at('/home'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await typeSignIn(page, '202', office.milo.password);
  await page.getByRole('link', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code', { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(office.at('/home'));
});

test('a forgotten password', async ({ visit }) => {
  const office = await openOffice();
  const page = await visit({ javaScriptEnabled: false });
  await page.goto(office.at('/forgot-password'));
  await page.getByLabel('Username').fill('milo');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Submitted successfully');
  await page.goto(await linkIn(await openMail(page, office.milo.email, 'Choose a new password')));
  for (const password of ['1234567890', NEW_PASSWORD]) {
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('Repeat the new password').fill(password);
    await page.getByRole('button', { name: 'Save' }).click();
    if (password !== NEW_PASSWORD) {
      await expect(page.getByLabel('New password', { exact: true })).toHaveAccessibleDescription(/first that anyone/);
    }
  }
  await typeSignIn(page, 'milo', NEW_PASSWORD);
  await expect(page).toHaveURL(office.at('/home'));
});

test('an administrator’s help, and what is asked once', async ({ visit }) => {
  const office = await openOffice();
  const page = await visit({ javaScriptEnabled: false });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/users?q=ruth'));
  await page.getByRole('link', { name: 'Ruth Abrams' }).click();
  await page.locator('summary').getByText('Reset password', { exact: true }).click();
  await expect(page.getByText('Reset the password of Ruth Abrams?')).toBeVisible();
  await page.getByRole('button', { name: 'Reset password' }).click();
  await expect(page.locator('[data-temporary-password]')).toHaveText(/^[a-z2-9-]{20,}$/);
});

test('an administrator adds, edits and imports users, and selects some for slips', async ({ visit, browser }) => {
  const office = await openOffice();
  const page = await visit({ javaScriptEnabled: false });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/users'));
  await page.getByRole('link', { name: 'Add user' }).click();
  for (const [label, text] of [
    ['First name', '=1+1'],
    ['Last name', 'Okafor'],
    ['Username', 'nina'],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
  await page.getByRole('button', { name: 'Add user' }).click();
  await expect(page.getByLabel('First name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Last name')).toHaveValue('Okafor');
  await page.getByLabel('First name').fill('Nina');
  await page.getByRole('button', { name: 'Add user' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nina Okafor');
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Extension').fill('301');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('301')).toBeVisible();

  await page.goto(office.at('/admin/users?status=waiting&sort=signedIn'));
  await page.getByRole('checkbox', { name: 'Choose Nina Okafor' }).check();
  await page.getByRole('combobox', { name: 'What' }).selectOption({ label: 'Print slips' });
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: 'Make a slip for 1 person?' })).toBeVisible();
  await page.getByRole('button', { name: 'Do it' }).click();
  const slip = page.getByRole('article', { name: 'Welcome, Nina Okafor' });
  await expect(slip.locator('[data-slip-code]')).toHaveText(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  const { address } = await scan(browser, slip.getByRole('img'));
  expect(address.pathname).toMatch(/^\/welcome\/[\w-]{43}$/);
  await page.goto(page.url());
  await expect(page.getByText('These slips were shown once.')).toBeVisible();

  await page.goto(office.at('/admin/users/import'));
  await page.getByRole('button', { name: 'Continue' }).click();
  const input = page.locator('input[type=file]');
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  const text = 'username,first_name,last_name\ntom,Tom,Lee\n1bad,A,B\n';
  await input.setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.locator('summary').getByText('Apply', { exact: true }).click();
  await page.getByLabel('Leave out the refused line').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(async () => {
    await page.goto(page.url());
    await expect(page.getByText('Done: 1 person added')).toBeVisible({ timeout: 1000 });
  }).toPass();
});

async function continueWith(page: Page, code: string) {
  await page.getByLabel('New code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('what is not there says so, in the reader’s language and with a way on', async ({ visit, trouble }) => {
  trouble.expectStatus(403, 404);
  const office = await openOffice();
  const page = await visit({ javaScriptEnabled: false });
  const nobody = office.at('/sign-in').replace(/\/\/[^.]+/, '//nobody-has-this');
  await page.goto(nobody);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No account here');
  await expect(page.getByRole('link', { name: 'Find your account' })).toBeVisible();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at(`/admin/users/${office.dana.id}`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
  await page.getByRole('link', { name: 'Go to Home' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');

  const french = await visit({ javaScriptEnabled: false, locale: 'fr-CA' });
  await admin()`update tenants set status = 'suspended' where id = ${office.tenant.id}`;
  const answer = await french.goto(office.at('/'));
  expect(answer?.status()).toBe(403);
  await expect(french.getByRole('heading', { level: 1 })).toHaveText('Compte suspendu');
  await expect(french.locator('html')).toHaveAttribute('lang', 'fr');
  await expect(french.locator('.door-card')).toHaveCSS('border-top-style', 'solid');
  // Scripts draw the same, and fetch the style themselves.
  const scripted = await visit({ locale: 'fr-CA' });
  await scripted.goto(office.at('/'));
  await expect(scripted.getByRole('heading', { level: 1 })).toHaveText('Compte suspendu');
  await expect(scripted.locator('.door-card')).toHaveCSS('border-top-style', 'solid');
});
