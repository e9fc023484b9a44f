import { readFile } from 'node:fs/promises';
import { admin, age } from '@/tests/support/clock';
import { codeOf, wrongCode } from '@/tests/support/totp';
import { scan } from './support/camera';
import { alertIn, expect, test, typeSignIn } from './support/journey';
import { type Office, openOffice } from './support/office';

const required = { policy: { secondFactor: 'required' } } as const;

test('a first sign-in enrolls: QR code, manual key, first code, recovery codes shown once', async ({
  page,
  context,
  browser,
}) => {
  const office = await openOffice(required);
  await page.goto(office.at('/settings/sessions'));
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/enroll'));
  await expect(page.getByText('Hello Milo.')).toBeVisible();

  const { address, secret } = await scan(browser, page.getByRole('img', { name: /QR code/ }));
  expect(decodeURIComponent(address.href)).toContain('otpauth://totp/Wicked Sprockets:milo');
  const key = ((await page.locator('[data-manual-key]').textContent()) ?? '').trim();
  expect(key).toMatch(/^([A-Z2-7]{4} ?)+$/);
  expect(key.replaceAll(' ', '')).toBe(secret);

  await page.getByLabel('New code').fill(wrongCode(secret));
  await expect(alertIn(page)).toHaveText('That code is not right. Type the code that the app shows now.');
  await page.getByLabel('New code').fill(codeOf(secret));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');

  const codes = await page.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem').allInnerTexts();
  expect(new Set(codes).size).toBe(10);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`recovery-codes-${office.tenant.slug}.txt`);
  const text = await readFile(await file.path(), 'utf8');
  for (const code of codes) expect(text).toContain(code);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));
  await expect(page.getByRole('button', { name: 'Print' })).toBeVisible();

  await page.getByRole('button', { name: 'I have kept them: Continue' }).click();
  await expect(page).toHaveURL(office.at('/settings/sessions'));
  await page.goto(office.at('/recovery-codes'));
  await expect(page).toHaveURL(office.at('/home'));
  await page.goto(office.at('/settings/two-factor'));
  await expect(page.getByRole('definition').filter({ hasText: /^10$/ })).toBeVisible();
  await expect(page.getByText('Your company requires a second factor')).toBeVisible();
});

test('the first code is valid for five minutes, at enrollment only', async ({ page }) => {
  const office = await openOffice(required);
  const secret = await enrolLate(page, office);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  await page.context().clearCookies();
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  await page.getByLabel('New code').fill(codeOf(secret, -8));
  await expect(alertIn(page)).toContainText(/your phone’s clock seems to be [45] minutes slow/);
});

test('a later sign-in takes the current code, once', async ({ page, visit }) => {
  const office = await openOffice();
  const { secret } = await office.enrol(office.milo);
  const code = codeOf(secret);
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/code'));
  await expect(page.getByLabel('New code')).toBeFocused();
  await expect(page.getByLabel('New code')).toHaveAttribute('inputmode', 'numeric');
  await expect(page.getByLabel('New code')).toHaveAttribute('autocomplete', 'one-time-code');
  await page.keyboard.type(code);
  await expect(page).toHaveURL(office.at('/home'));

  const again = await visit();
  await again.goto(office.at('/sign-in'));
  await typeSignIn(again, 'milo', office.milo.password);
  await again.getByLabel('New code').fill(code);
  await expect(alertIn(again)).toHaveText('That code is not right. Type the code that the app shows now.');
});

test('a phone with a wrong clock gets a message with the difference and direction', async ({ page }) => {
  const office = await openOffice();
  const { secret } = await office.enrol(office.milo);
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  await page.getByLabel('New code').fill(codeOf(secret, -20));
  await expect(alertIn(page)).toContainText(/your phone’s clock seems to be 1[01] minutes slow/);
  await page.getByLabel('New code').fill(codeOf(secret, 40));
  await expect(alertIn(page)).toContainText(/your phone’s clock seems to be (19|20) minutes fast/);
});

test('five wrong codes: the page says how long to wait, and no new password step shortens it', async ({ page }) => {
  const office = await openOffice();
  const { secret } = await office.enrol(office.milo);
  const wrong = wrongCode(secret);
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  for (const attempt of [1, 2, 3, 4, 5]) {
    await page.getByLabel('New code').pressSequentially(wrong);
    await expect(alertIn(page)).toContainText(attempt < 5 ? 'That code is not right.' : 'Too many wrong codes.');
    await expect(page.getByLabel('New code')).toHaveValue('');
  }
  await expect(alertIn(page)).toContainText('Wait 15 minutes');
  await page.getByRole('link', { name: 'Start over' }).click();
  await typeSignIn(page, 'milo', office.milo.password);
  await page.getByLabel('New code').fill(codeOf(secret));
  await expect(alertIn(page)).toContainText('Too many wrong codes. Wait 15 minutes');
  await age('throttles', 15 * 60, `tenant_id = '${office.tenant.id}'`);
  await page.getByLabel('New code').fill(codeOf(secret));
  await expect(page).toHaveURL(office.at('/home'));
});

test('a recovery code opens once; few left, and Home says so', async ({ page }) => {
  const office = await openOffice();
  const { codes } = await office.enrol(office.milo);
  const use = async (code: string) => {
    await page.context().clearCookies();
    await page.goto(office.at('/sign-in'));
    await typeSignIn(page, 'milo', office.milo.password);
    await page.getByRole('link', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code', { exact: true }).fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
  };
  await use(` ${codes[0]?.toUpperCase()} `);
  await expect(page).toHaveURL(office.at('/home'));
  await page.goto(office.at('/settings/two-factor'));
  await expect(page.getByRole('definition').filter({ hasText: /^9$/ })).toBeVisible();
  await use(codes[0] ?? '');
  await expect(alertIn(page)).toHaveText('That recovery code is not right, or it has been used.');
  await admin()`
    update recovery_codes set used_at = now() where ctid in (
      select ctid from recovery_codes where tenant_id = ${office.tenant.id} and used_at is null limit 6)`;
  await page.context().clearCookies();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/home'));
  await expect(page.getByText('You have 3 recovery codes left')).toBeVisible();
});

test('half a sign-in opens nothing', async ({ page, trouble }) => {
  trouble.expectStatus(404);
  const office = await openOffice();
  await office.enrol(office.dana);
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'dana', office.dana.password);
  await expect(page).toHaveURL(office.at('/sign-in/code'));
  for (const path of ['/home', '/settings/profile', '/settings/two-factor', '/recovery-codes', '/admin/users', '/']) {
    await page.goto(office.at(path));
    await expect(page).toHaveURL(/\/sign-in(\?|$)/);
    await expect(page.getByText('Reyes')).toHaveCount(0);
  }
  await page.goto(office.at('/sign-in/enroll'));
  await expect(page).toHaveURL(office.at('/sign-in/code'));
  await page.goto(office.at('/sign-in/new-password'));
  await expect(page).toHaveURL(office.at('/sign-in/code'));
});

test('a sign-in that waits too long starts again', async ({ page }) => {
  const office = await openOffice(required);
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/enroll'));
  await age('attempts', 601, `tenant_id = '${office.tenant.id}'`);
  await page.reload();
  await expect(page).toHaveURL(office.at('/sign-in?reason=expired'));
  await expect(page.getByText('This sign-in took too long')).toBeVisible();
});

/** Enrols with the code that the app showed four minutes ago. */
async function enrolLate(page: Parameters<typeof typeSignIn>[0], office: Office) {
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/enroll'));
  const secret = ((await page.locator('[data-manual-key]').textContent()) ?? '').replace(/\s/g, '');
  await page.getByLabel('New code').fill(codeOf(secret, -8));
  return secret;
}
