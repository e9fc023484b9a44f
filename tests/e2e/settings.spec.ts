import { codeOf } from '@/tests/support/totp';
import { NEW_PASSWORD } from '@/tests/support/users';
import { scan } from './support/camera';
import { alertIn, confirm, expect, signIn, statusIn, test, typeSignIn } from './support/journey';
import { linkIn, openMail } from './support/mailbox';
import { openOffice } from './support/office';

test('Profile: name, language and time zone', async ({ page, trouble }) => {
  trouble.expectStatus(400);
  const office = await openOffice();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/home'));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('First name').fill('');
  await page.getByLabel('Last name').fill('O’Tanaka');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('First name')).toHaveAccessibleDescription('Fill this in.');
  await expect(page.getByLabel('Last name')).toHaveValue('O’Tanaka');
  await page.getByLabel('First name').fill('Milo <b>');
  await page.getByLabel('Language').selectOption('Français');
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('Votre profil est enregistré.');
  await page.goto(office.at('/home'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bonjour Milo <b>');
  await page.goto(office.at('/settings/profile'));
  await expect(page.getByLabel('Fuseau horaire')).toHaveValue('Asia/Tokyo');
});

test('a new email address is confirmed by mail to it; the old address gets a notice', async ({ page, visit }) => {
  const office = await openOffice();
  const address = `milo.new@${office.tenant.slug}.example`;
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/settings/profile'));
  await page.getByLabel('New e-mail address').fill(address);
  await page.getByLabel('Password', { exact: true }).fill('not my password');
  await page.getByRole('button', { name: 'Send the confirmation' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/not your current password/);
  await expect(page.getByLabel('New e-mail address')).toHaveValue(address);
  await page.getByLabel('Password', { exact: true }).fill(office.milo.password);
  await page.getByRole('button', { name: 'Send the confirmation' }).click();
  await expect(statusIn(page)).toContainText(`We wrote to ${address}.`);
  await expect(page.getByText(`${address} is waiting to be confirmed`)).toBeVisible();
  await expect(page.getByText(`Your address is ${office.milo.email}.`)).toBeVisible();

  const link = await linkIn(await openMail(await visit(), address, 'Confirm your e-mail address'));
  await page.goto(link);
  await expect(page).toHaveURL(office.at('/confirm-email'));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your address is confirmed');
  await page.goto(office.at('/settings/profile'));
  await expect(page.getByText(`Your address is ${address}.`)).toBeVisible();
  await openMail(await visit(), office.milo.email, 'Your e-mail address was changed');
  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link no longer works');
});

test('changing the password keeps this session and ends all others', async ({ page, visit }) => {
  const office = await openOffice();
  const other = await visit();
  for (const device of [page, other]) await signIn(device, office, office.milo);
  const tokenOf = async () => (await page.context().cookies(office.at())).find(({ name }) => name === 'sid')?.value;
  const before = await tokenOf();
  await page.goto(office.at('/settings/password'));
  await page.getByLabel('Current password').fill(office.milo.password);
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await page.getByLabel('New password again').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(statusIn(page)).toContainText('Your password is changed. You are still signed in here');
  expect(await tokenOf()).not.toBe(before);
  await page.goto(office.at('/home'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');
  await other.reload();
  await expect(other).toHaveURL(office.at('/sign-in?reason=ended'));
  await typeSignIn(other, 'milo', office.milo.password);
  await expect(alertIn(other)).toContainText('not right');
  await typeSignIn(other, 'milo', NEW_PASSWORD);
  await expect(other).toHaveURL(office.at('/home'));
});

test('two-factor authentication is turned on with the password, renews recovery codes, and is turned off', async ({
  page,
  browser,
  visit,
}) => {
  const office = await openOffice();
  const other = await visit();
  for (const device of [page, other]) await signIn(device, office, office.milo);
  await page.goto(office.at('/settings/two-factor'));
  await page.getByLabel('Password', { exact: true }).fill('not my password');
  await page.getByRole('button', { name: 'Switch on two-factor' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/not your current password/);
  await page.getByLabel('Password', { exact: true }).fill(office.milo.password);
  await page.getByRole('button', { name: 'Switch on two-factor' }).click();
  const { secret } = await scan(browser, page.getByRole('img', { name: /QR code/ }));
  await page.getByLabel('New code').fill(codeOf(secret));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  const list = page.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem');
  const first = await list.allTextContents();
  await page.getByRole('button', { name: 'I have kept them: Continue' }).click();
  await expect(page).toHaveURL(office.at('/settings/two-factor'));
  await expect(page.getByText('Your sign-in asks for a code from your app.')).toBeVisible();
  await other.reload();
  await expect(other).toHaveURL(office.at('/sign-in?reason=ended'));

  await confirm(page, 'New recovery codes', 'Make new recovery codes?', office.milo);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  const second = await list.allTextContents();
  expect(second.filter((code) => first.includes(code))).toEqual([]);
  await page.getByRole('button', { name: 'I have kept them: Continue' }).click();

  await confirm(page, 'Switch off', 'Switch off two-factor for your account?', office.milo);
  await expect(statusIn(page)).toHaveText('Two-factor is off.');
  await openMail(await visit(), office.milo.email, 'Two-factor is off');
  await signIn(other, office, office.milo);
});
