import type { Page } from 'playwright/test';
import { age } from '@/tests/support/clock';
import { codeOf } from '@/tests/support/totp';
import { NEW_PASSWORD } from '@/tests/support/users';
import { alertIn, expect, signIn, test, typeSignIn } from './support/journey';
import { linkIn, openMail } from './support/mailbox';
import { type Office, openOffice } from './support/office';

test('by link: a mail, a new password twice, every session ended, the second factor still asked', async ({
  page,
  visit,
}) => {
  const office = await openOffice();
  const elsewhere = await visit();
  await signIn(elsewhere, office, office.milo);
  const { secret } = await office.enrol(office.milo);

  await page.goto(office.at('/sign-in'));
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page.getByLabel('Account ID')).toHaveValue(office.tenant.accountId);
  await expect(page.getByText('No e-mail address on your account? Ask your administrator')).toBeVisible();
  await page.getByLabel('Username').fill(' 202 ');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Submitted successfully');

  const mail = await openMail(page, office.milo.email, 'Choose a new password');
  await expect(mail).toContainText('Hello Milo,');
  await expect(mail).not.toContainText(/\b202\b/);
  const link = await linkIn(mail);
  expect(link).not.toContain('milo');

  // What a mail scanner does changes nothing.
  const scanner = await visit();
  await scanner.goto(link);
  await scanner.reload();
  await scanner.goto(link);

  await page.goto(link);
  await expect(page).toHaveURL(office.at('/reset-password'));
  await expect(page.getByText('Hello Milo.')).toBeVisible();
  await chooseNewPassword(page, NEW_PASSWORD, 'something else');
  await expect(page.getByText('The two passwords are not the same.')).toBeVisible();
  await chooseNewPassword(page, NEW_PASSWORD);
  await expect(page).toHaveURL(office.at('/sign-in?reason=password-changed'));
  await expect(page.getByText('Your password was changed. Sign in with the new one.')).toBeVisible();

  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(office.at('/sign-in?reason=ended'));
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(alertIn(page)).toContainText('not right');
  await typeSignIn(page, 'milo', NEW_PASSWORD);
  await expect(page).toHaveURL(office.at('/sign-in/code'));
  await page.getByLabel('New code').fill(codeOf(secret));
  await expect(page).toHaveURL(office.at('/home'));
  await expect(await openMail(page, office.milo.email, 'Your password was changed')).toContainText('Hello Milo,');
});

test('by temporary password: a button, a second mail, one use, then a new password', async ({ page, visit }) => {
  const office = await openOffice({ policy: { resetStyle: 'temporary' } });
  await ask(page, office, 'milo');
  const mail = await openMail(page, office.milo.email, 'Reset your password');
  await page.goto(await linkIn(mail));
  await page.getByRole('button', { name: 'Reset my password' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your password was reset');
  const second = await openMail(page, office.milo.email, 'Your temporary password');
  await expect(second).toContainText('Hello Milo,');
  const temporary = /[a-z2-9]{4}(?:-[a-z2-9]{4}){6}/.exec((await second.textContent()) ?? '')?.[0] ?? '';

  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', temporary);
  await expect(page).toHaveURL(office.at('/sign-in/new-password'));
  await page.goto(office.at('/home'));
  await expect(page).toHaveURL(/\/sign-in$/);
  const other = await visit();
  await other.goto(office.at('/sign-in'));
  await typeSignIn(other, 'milo', temporary);
  await expect(alertIn(other)).toContainText('not right');

  await page.goto(office.at('/sign-in/new-password'));
  await chooseNewPassword(page, NEW_PASSWORD);
  await expect(page).toHaveURL(office.at('/home'));
});

test('the answer is the same for every username', async ({ page }) => {
  const office = await openOffice();
  const answers = new Set<string>();
  for (const username of ['milo', 'ruth', 'nobody']) {
    await ask(page, office, username);
    answers.add((await page.getByRole('main').textContent()) ?? '');
  }
  expect(answers.size).toBe(1);
});

test('a link works once, within an hour, and a newer one kills it', async ({ page, trouble }) => {
  trouble.expectStatus(410);
  const office = await openOffice();
  await ask(page, office, 'milo');
  const older = await linkIn(await openMail(page, office.milo.email, 'Choose a new password'));
  await page.goto(older);
  await expect(page.getByLabel('Repeat the new password')).toBeVisible();

  await ask(page, office, 'milo');
  await expect(async () => {
    await page.goto(older);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link no longer works', { timeout: 250 });
  }).toPass();
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  await expect(page).toHaveURL(office.at('/forgot-password'));

  let newer = older;
  await expect(async () => {
    newer = await linkIn(await openMail(page, office.milo.email, 'Choose a new password'));
    expect(newer).not.toBe(older);
  }).toPass();
  await age('password_resets', 3540, `tenant_id = '${office.tenant.id}' and used_at is null`);
  await page.goto(newer);
  await expect(page.getByLabel('Repeat the new password')).toBeVisible();
  await age('password_resets', 60, `tenant_id = '${office.tenant.id}' and used_at is null`);
  await chooseNewPassword(page, NEW_PASSWORD);
  await expect(page.getByText('This link is no longer good. Ask for a new one.')).toBeVisible();
});

test('a reset ends a lockout', async ({ page }) => {
  const office = await openOffice();
  for (const guess of ['a', 'b', 'c', 'd', 'e']) {
    await page.goto(office.at('/sign-in'));
    await typeSignIn(page, 'milo', guess);
    await expect(alertIn(page)).toBeVisible();
  }
  await expect(alertIn(page)).toContainText('Wait 15 minutes');
  await ask(page, office, 'milo');
  await page.goto(await linkIn(await openMail(page, office.milo.email, 'Choose a new password')));
  await chooseNewPassword(page, NEW_PASSWORD);
  await typeSignIn(page, 'milo', NEW_PASSWORD);
  await expect(page).toHaveURL(office.at('/home'));
});

async function ask(page: Page, office: Office, username: string) {
  await page.goto(office.at('/forgot-password'));
  await page.getByLabel('Username').fill(username);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Submitted successfully');
}

async function chooseNewPassword(page: Page, password: string, repeat = password) {
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('Repeat the new password').fill(repeat);
  await page.getByRole('button', { name: /^Save/ }).click();
}
