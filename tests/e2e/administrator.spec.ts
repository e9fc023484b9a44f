import { admin as database } from '@/tests/support/clock';
import { codeOf } from '@/tests/support/totp';
import { NEW_PASSWORD } from '@/tests/support/users';
import { alertIn, confirm, expect, signIn, statusIn, test, typeSignIn } from './support/journey';
import { linkIn, openMail } from './support/mailbox';
import { openOffice } from './support/office';

test('Users: search by name or extension, with the state of each user', async ({ page }) => {
  const office = await openOffice();
  await office.enrol(office.milo);
  await office.hire({ username: 'piotr', extension: '208', firstName: 'Piotr', lastName: 'Nowak', status: 'disabled' });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/home'));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' }).click();
  await expect(page.getByText('4 people')).toBeVisible();
  const rowOf = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(rowOf('Dana Reyes')).toContainText('Administrator');
  await expect(rowOf('Milo Tanaka')).toContainText('On');
  await expect(rowOf('Ruth Abrams')).toContainText('Off');
  await expect(rowOf('Ruth Abrams')).toContainText('Never');
  await expect(rowOf('Piotr Nowak')).toContainText('Disabled');
  for (const [query, name] of [
    ['tanak', 'Milo Tanaka'],
    ['207', 'Ruth Abrams'],
    ['piotr nowak', 'Piotr Nowak'],
  ] as const) {
    await page.getByRole('searchbox').fill(query);
    await page.keyboard.press('Enter');
    await expect(page.getByText('1 person')).toBeVisible();
    await expect(rowOf(name)).toBeVisible();
  }
  await page.getByRole('searchbox').fill('100%_');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('heading', { name: 'Nobody matches “100%_”' })).toBeVisible();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(page.getByText('4 people')).toBeVisible();
});

test('Reset two-factor asks once by name, ends sessions, sends a mail, and the next sign-in enrolls again', async ({
  page,
  visit,
}) => {
  const office = await openOffice({ policy: { secondFactor: 'required' } });
  const { secret } = await office.enrol(office.milo);
  const milo = await visit();
  await office.enter(milo.context(), office.milo);
  await milo.goto(office.at('/settings/profile'));
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${office.milo.id}`));

  await page.locator('summary').getByText('Reset two-factor', { exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Reset two-factor for Milo Tanaka?' });
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await confirm(page, 'Reset two-factor', 'Reset two-factor for Milo Tanaka?');
  await expect(statusIn(page)).toHaveText('Two-factor is reset.');
  await expect(page.getByText('Milo has no second factor.')).toBeVisible();

  await milo.reload();
  await expect(milo).toHaveURL(/\/sign-in\?reason=ended&return_to=%2Fsettings%2Fprofile/);
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/sign-in/enroll'));
  await milo.getByLabel('New code').fill(codeOf(secret));
  await expect(alertIn(milo)).toContainText('That code is not right.');
  const mail = await openMail(milo, office.milo.email, 'Your two-factor was reset');
  await expect(mail).toContainText('Hello Milo,');
  await expect(mail).toContainText('Dana Reyes reset the two-factor of your account');
});

test('Reset password mails a link that the user follows', async ({ page, visit }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${office.milo.id}`));
  await confirm(page, 'Reset password', 'Reset the password of Milo Tanaka?');
  await expect(statusIn(page)).toHaveText('A mail with a reset link is on its way.');
  const milo = await visit();
  const mail = await openMail(milo, office.milo.email, 'Choose a new password');
  await expect(mail).toContainText('Your administrator at Wicked Sprockets asks you to choose a new password.');
  await milo.goto(await linkIn(mail));
  await milo.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await milo.getByLabel('Repeat the new password').fill(NEW_PASSWORD);
  await milo.getByRole('button', { name: 'Save' }).click();
  await expect(milo).toHaveURL(office.at('/sign-in?reason=password-changed'));
  await typeSignIn(milo, 'milo', NEW_PASSWORD);
  await expect(milo).toHaveURL(office.at('/home'));
});

test('Reset password of a user without email shows a temporary password once', async ({ page, visit }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${office.ruth.id}`));
  await confirm(page, 'Reset password', 'Reset the password of Ruth Abrams?');
  const shown = page.locator('[data-temporary-password]');
  await expect(shown).toHaveText(/^[a-z2-9-]{20,}$/);
  const temporary = (await shown.textContent()) ?? '';
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ruth Abrams');
  await expect(shown).toHaveCount(0);

  const ruth = await visit();
  await ruth.goto(office.at('/sign-in'));
  await typeSignIn(ruth, 'ruth', office.ruth.password);
  await expect(alertIn(ruth)).toContainText('not right');
  await typeSignIn(ruth, 'ruth', temporary);
  await expect(ruth).toHaveURL(office.at('/sign-in/new-password'));
  await ruth.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await ruth.getByLabel('Repeat the new password').fill(NEW_PASSWORD);
  await ruth.getByRole('button', { name: 'Save and continue' }).click();
  await expect(ruth).toHaveURL(office.at('/home'));
  await ruth.context().clearCookies();
  await ruth.goto(office.at('/sign-in'));
  await typeSignIn(ruth, 'ruth', temporary);
  await expect(alertIn(ruth)).toContainText('not right');
});

test('End sessions, disable and enable', async ({ page, visit }) => {
  const office = await openOffice();
  const milo = await visit();
  await signIn(milo, office, office.milo);
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${office.milo.id}`));
  await confirm(page, 'End sessions', 'End all sessions of Milo Tanaka?');
  await expect(statusIn(page)).toHaveText('All sessions are ended.');
  await milo.reload();
  await expect(milo).toHaveURL(office.at('/sign-in?reason=ended'));
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));

  await confirm(page, 'Disable', 'Disable Milo Tanaka?');
  await expect(page.getByText('Milo is disabled and cannot sign in.')).toBeVisible();
  await milo.reload();
  await expect(milo).toHaveURL(office.at('/sign-in?reason=ended'));
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(alertIn(milo)).toHaveText('The username or password is not right. Check both and try again.');

  await confirm(page, 'Enable', 'Enable Milo Tanaka?');
  await expect(page.getByText('Milo may sign in.')).toBeVisible();
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));
});

test('the last active administrator cannot be disabled or demoted; with a second one they can', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at(`/admin/users/${office.dana.id}`));
  await expect(page.getByText('This is you')).toBeVisible();
  await confirm(page, 'Disable', 'Disable Dana Reyes?');
  await expect(page.getByRole('dialog')).toContainText('This is the last active administrator.');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await confirm(page, 'Make agent', 'Make Dana Reyes an agent?');
  await expect(page.getByRole('dialog')).toContainText('This is the last active administrator.');

  await page.goto(office.at(`/admin/users/${office.milo.id}`));
  await confirm(page, 'Make administrator', 'Make Milo Tanaka an administrator?');
  await expect(statusIn(page)).toHaveText('The role is now administrator.');
  await page.goto(office.at(`/admin/users/${office.dana.id}`));
  await confirm(page, 'Make agent', 'Make Dana Reyes an agent?');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.goto(office.at('/home'));
  await expect(
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' }),
  ).toHaveCount(0);
});

test('an agent sees no Users, and no tenant sees another’s users', async ({ page, trouble }) => {
  trouble.expectStatus(404);
  const [office, other] = await Promise.all([openOffice(), openOffice()]);
  await office.enter(page.context(), office.milo);
  for (const path of ['/admin/users', `/admin/users/${office.dana.id}`, '/admin/security']) {
    expect((await page.goto(office.at(path)))?.status()).toBe(404);
    await expect(page.getByText('Reyes')).toHaveCount(0);
  }
  await page.context().clearCookies();
  await office.enter(page.context(), office.dana);
  expect((await page.goto(office.at(`/admin/users/${other.milo.id}`)))?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
  const [row] = await database()`select status from users where id = ${other.milo.id}`;
  expect(row?.status).toBe('active');
});
