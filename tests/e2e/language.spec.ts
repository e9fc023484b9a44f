import { expect, test, typeSignIn } from './support/journey';
import { openMail } from './support/mailbox';
import { openOffice } from './support/office';

test('the browser’s language, and the tenant’s where the browser speaks neither', async ({ visit }) => {
  const [office, quebec] = await Promise.all([openOffice(), openOffice({ locale: 'fr' })]);
  for (const [locale, where, title] of [
    ['fr-CA', office, 'Se connecter'],
    ['en-GB', quebec, 'Sign in'],
    ['de-DE', quebec, 'Se connecter'],
    ['de-DE', office, 'Sign in'],
  ] as const) {
    const page = await visit({ locale });
    await page.goto(where.at('/sign-in'));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(page.locator('html')).toHaveAttribute('lang', title === 'Sign in' ? 'en' : 'fr');
  }
});

test('the switch on the page counts more than the browser, stays on the page, and is kept', async ({ page }) => {
  const office = await openOffice();
  await page.goto(office.at('/sign-in?reason=idle&return_to=%2Fsettings%2Fpassword'));
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Se connecter');
  await expect(page).toHaveURL(office.at('/sign-in?reason=idle&return_to=%2Fsettings%2Fpassword'));
  await page.getByRole('link', { name: 'Mot de passe oublié ?' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mot de passe oublié ?');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Forgot your password?');
});

test('a user’s own choice applies in other browsers and in mail', async ({ page, visit }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/home'));
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bonjour Milo');

  const other = await visit({ locale: 'en-CA' });
  await other.goto(office.at('/sign-in'));
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  await typeSignIn(other, 'milo', office.milo.password);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Bonjour Milo');

  await other.goto(office.at('/settings/password'));
  await other.getByLabel('Mot de passe actuel').fill(office.milo.password);
  await other.getByLabel('Nouveau mot de passe', { exact: true }).fill('neige tranquille au matin 88');
  await other.getByLabel(/^Nouveau mot de passe./).fill('neige tranquille au matin 88');
  await other.getByRole('button', { name: 'Changer le mot de passe' }).click();
  await expect(other.getByRole('status').filter({ hasText: 'Votre mot de passe' })).toBeVisible();
  const mail = await openMail(other, office.milo.email, 'Votre mot de passe a été modifié');
  await expect(mail).toContainText('Bonjour Milo,');
});

test('dates are in the reader’s language and time zone', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/settings/profile'));
  await page.getByLabel('Language').selectOption('Français');
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Votre profil est enregistré.')).toBeVisible();
  await page.goto(office.at('/settings/sessions'));
  const there = new Intl.DateTimeFormat('fr-CA', { dateStyle: 'long', timeZone: 'Asia/Tokyo' }).format(new Date());
  await expect(page.getByRole('row').filter({ hasText: 'Cet appareil' })).toContainText(there);
});
