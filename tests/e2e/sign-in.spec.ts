import { alertIn, expect, signIn, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

test('username, extension and extension-accountID sign in, whatever their case and spaces', async ({ visit }) => {
  const office = await openOffice();
  for (const username of ['milo', ' MILO ', '202', `202-${office.tenant.slug.toUpperCase()}`]) {
    const page = await visit();
    await signIn(page, office, { username, password: office.milo.password });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');
  }
});

test('the page first asked for opens after the sign-in', async ({ page }) => {
  const office = await openOffice();
  await page.goto(office.at('/admin/users?q=milo'));
  await expect(page).toHaveURL(/\/sign-in\?/);
  await typeSignIn(page, 'dana', office.dana.password);
  await expect(page).toHaveURL(office.at('/admin/users?q=milo'));
});

test('the page first asked for is not forgotten over a mistake, another language and a reload', async ({ page }) => {
  const office = await openOffice();
  await page.goto(office.at('/settings/sessions'));
  await typeSignIn(page, 'milo', 'not the password');
  await expect(alertIn(page)).toBeVisible();
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(page.getByRole('heading', { name: 'Se connecter' })).toBeVisible();
  await typeSignIn(page, 'milo', 'not the password');
  await expect(alertIn(page)).toBeVisible();
  await page.reload();
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/settings/sessions'));
});

test('a way back to another site leads Home', async ({ page }) => {
  const office = await openOffice();
  for (const path of ['https://example.com/', '//example.com', '/\\example.com', 'javascript:alert(1)']) {
    await page.context().clearCookies();
    await page.goto(office.at(`/sign-in?return_to=${encodeURIComponent(path)}`));
    await typeSignIn(page, 'milo', office.milo.password);
    await expect(page).toHaveURL(office.at('/home'));
  }
});

test('whatever was wrong, the answer is the same', async ({ page }) => {
  const office = await openOffice();
  await office.hire({ username: 'piotr', extension: '208', status: 'disabled' });
  for (const [username, password] of [
    ['milo', 'not the password'],
    ['nobody', office.milo.password],
    ['piotr', office.milo.password],
    ['202-another-company', office.milo.password],
  ] as const) {
    await page.goto(office.at('/sign-in'));
    await typeSignIn(page, username, password);
    await expect(alertIn(page)).toHaveText('The username or password is not right. Check both and try again.');
    await expect(page.getByLabel('Username')).toHaveValue(username);
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
    await expect(alertIn(page).locator('[data-form-message]')).toBeFocused();
  }
});

test('an empty field is named, and has the focus', async ({ page, trouble }) => {
  trouble.expectStatus(400);
  const office = await openOffice();
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', '');
  const password = page.getByLabel('Password', { exact: true });
  await expect(password).toHaveAccessibleDescription(/Fill this in\./);
  await expect(password).toBeFocused();
  await expect(page.getByLabel('Username')).toHaveValue('milo');
});

test('the keyboard alone signs in', async ({ page }) => {
  const office = await openOffice();
  await page.goto(office.at('/sign-in'));
  await expect(page.getByLabel('Username')).toBeFocused();
  await page.keyboard.type('milo');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.keyboard.type(office.milo.password);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Show password' })).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Forgot your password?' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(office.at('/home'));
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('pressed twice it is sent once; where no answer comes it can be sent again', async ({ page }) => {
  const office = await openOffice();
  await page.clock.install();
  await page.goto(office.at('/sign-in'));
  let sent = 0;
  await page.route(office.at('/sign-in'), (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    sent += 1;
    // Without a page in the answer the browser stays where it is, as when somebody stops it.
    return sent === 1 ? route.fulfill({ status: 204 }) : route.continue();
  });
  await page.getByLabel('Username').fill('milo');
  await page.getByLabel('Password', { exact: true }).fill(office.milo.password);
  const button = page.locator('button[type=submit]').filter({ hasText: 'Sign in' });
  await button.click();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await button.click({ force: true });
  await page.clock.fastForward(14_000);
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(sent).toBe(1);
  await page.clock.fastForward(2_000);
  await expect(button).not.toHaveAttribute('aria-disabled');
  await button.click();
  await expect(page).toHaveURL(office.at('/home'));
  expect(sent).toBe(2);
});

test('managers and phones know the fields', async ({ page }) => {
  const office = await openOffice();
  await page.goto(office.at('/sign-in'));
  await expect(page.getByLabel('Username')).toHaveAttribute('autocomplete', 'username');
  await expect(page.getByLabel('Username')).toHaveAttribute('autocapitalize', 'none');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'current-password');
});
