import { alertIn, atRoot, expect, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

test('an account ID, in whatever case, leads to the company’s own sign-in page', async ({ page }) => {
  const office = await openOffice();
  await page.goto(atRoot());
  await expect(page).toHaveTitle('Find your account · Gatehouse');
  await page.getByLabel('Account ID').fill(` ${office.tenant.accountId.toUpperCase()} `);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(office.at('/sign-in'));
  await expect(page.getByText(office.tenant.name)).toBeVisible();
});

test('an unknown account ID shows a message and stays in its field', async ({ page }) => {
  await page.goto(atRoot());
  await page.getByLabel('Account ID').fill('no-such-company');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('main')).toContainText('There is no account with this ID.');
  await expect(page.getByLabel('Account ID')).toHaveValue('no-such-company');
});

test('extension-accountID and password sign in on the company’s own host', async ({ page, context }) => {
  const office = await openOffice({ accountId: `K16-${Date.now().toString(36)}-nj` });
  await page.goto(atRoot());
  await typeSignIn(page, `202-${office.tenant.accountId}`, office.milo.password);
  await expect(page).toHaveURL(office.at('/home'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');
  expect((await context.cookies(atRoot())).map(({ name }) => name)).not.toContain('sid');
  expect((await context.cookies(office.at())).map(({ name }) => name)).toContain('sid');
});

test('the hand-over continues to the second factor where the tenant requires one', async ({ page }) => {
  const office = await openOffice({ policy: { secondFactor: 'required' } });
  await page.goto(atRoot());
  await typeSignIn(page, `202-${office.tenant.slug}`, office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/enroll'));
});

test('without JavaScript the hand-over is one more button', async ({ visit }) => {
  const office = await openOffice();
  const page = await visit({ javaScriptEnabled: false });
  await page.goto(atRoot());
  await typeSignIn(page, `202-${office.tenant.slug}`, office.milo.password);
  await page.getByRole('button', { name: `Continue to ${office.tenant.name}` }).click();
  await expect(page).toHaveURL(office.at('/home'));
});

test('wrong password, unknown extension and unknown company get one and the same answer', async ({ page }) => {
  const office = await openOffice();
  for (const username of [`202-${office.tenant.slug}`, `999-${office.tenant.slug}`, '202-no-such-company', 'milo']) {
    await page.goto(atRoot());
    await typeSignIn(page, username, 'not the password');
    await expect(alertIn(page)).toHaveText('The username or password is not right. Check both and try again.');
    await expect(page.getByLabel('Username')).toHaveValue(username);
  }
});
