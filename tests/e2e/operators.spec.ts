import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { admin } from '@/tests/support/clock';
import { newOperator } from '@/tests/support/operators';
import { codeOf } from '@/tests/support/totp';
import { NEW_PASSWORD, PASSWORD } from '@/tests/support/users';
import { scan } from './support/camera';
import { atConsole, enterConsole } from './support/console';
import { alertIn, confirm, expect, signIn, statusIn, test, typeSignIn } from './support/journey';
import { linkIn, openMail } from './support/mailbox';
import { openOffice } from './support/office';

test.describe.configure({ timeout: 120_000 });

const name = (what: string) => `${what}${randomBytes(4).toString('hex')}`;

test('an operator sets up a second factor and creates a tenant, whose administrator signs in by mail', async ({
  page,
  browser,
}) => {
  const operator = await newOperator({ enrolled: false, username: name('olive') });
  await page.goto(atConsole('/'));
  await expect(page).toHaveURL(atConsole('/operator/sign-in'));
  await typeSignIn(page, operator.username, operator.password);
  const { secret } = await scan(browser, page.getByRole('img', { name: /QR/ }));
  await page.getByLabel('New code').fill(codeOf(secret));
  await expect(page).toHaveURL(/\/operator\/recovery-codes\?/);
  await page.getByRole('button', { name: 'I have kept them: Continue' }).click();
  await expect(page).toHaveURL(atConsole());
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Tenants');

  const accountId = name('Maple-');
  await page.getByRole('link', { name: 'Create a tenant' }).click();
  await page.getByLabel('Company name').fill('Maple Dental');
  await page.getByLabel('Account ID').fill('operator');
  await page.getByLabel('Limit of users').fill('25');
  await page.getByLabel('Security Policies').check();
  await page.getByLabel('First name').fill('Ana');
  await page.getByLabel('Last name').fill('Silva');
  await page.getByLabel('Username').fill('ana');
  const email = `${accountId.toLowerCase()}@example.com`;
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Create and invite' }).click();
  await expect(page.getByText('Some names are reserved')).toBeVisible();
  await page.getByLabel('Account ID').fill(accountId);
  await page.getByRole('button', { name: 'Create and invite' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Maple Dental');
  await expect(page.getByText('1 active, 0 disabled')).toBeVisible();

  const right = `right-${email}`;
  await page.getByLabel('E-mail of the first administrator').fill(right);
  await page.getByRole('button', { name: 'Invite again' }).click();
  await expect(page.getByText('The invitation is on its way.')).toBeVisible();

  await page.goto(atConsole('/operator'));
  await page.getByRole('searchbox').fill(accountId.toLowerCase());
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('row').filter({ hasText: accountId })).toContainText('1 of 25');

  const mail = await openMail(page, right, INVITATION);
  await page.goto(await linkIn(mail));
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await page.getByLabel(/again|Repeat/).fill(NEW_PASSWORD);
  await page.getByRole('main').locator('[type=submit]').click();
  await expect(page).toHaveURL(/\/sign-in\?reason=welcome$/);
  await typeSignIn(page, 'ana', NEW_PASSWORD);
  await expect(page).toHaveURL(/\/home$/);
  await expect(page.getByRole('link', { name: 'Administration' }).first()).toBeVisible();
});

/** The subject of the mail that a new administrator gets. */
const INVITATION = 'Your account is ready';

test('suspending a tenant signs its users out at their next click, and resuming allows sign-in again', async ({
  page,
  visit,
  trouble,
}) => {
  // A page that is none has no icon of its own: the browser looks for one.
  trouble.expectStatus(403, 404);
  const office = await openOffice();
  const agent = await visit();
  await signIn(agent, office, office.milo);
  await enterConsole(page.context(), await newOperator({ username: name('olive') }));
  await page.goto(atConsole(`/operator/tenants/${office.tenant.id}`));
  await confirm(page, 'Suspend', 'Suspend Wicked Sprockets?');
  await expect(page.getByText('Suspended. 1 session has ended.')).toBeVisible();
  await agent.getByRole('link', { name: 'Settings' }).first().click();
  await expect(agent.getByRole('heading', { level: 1 })).toContainText(/suspended/i);
  await confirm(page, 'Resume', 'Resume Wicked Sprockets?');
  await expect(page.getByText('The tenant is active again.')).toBeVisible();
  await signIn(agent, office, office.milo);
});

test('a tenant goes in three steps and thirty days, and can be kept until then', async ({ page }) => {
  const office = await openOffice();
  await enterConsole(page.context(), await newOperator({ username: name('olive') }));
  await page.goto(atConsole(`/operator/tenants/${office.tenant.id}`));
  const order = async (accountId: string) => {
    await page.locator('summary').getByText('Order the deletion', { exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete Wicked Sprockets in 30 days?' });
    await dialog.getByLabel(/Type the account ID/).fill(accountId);
    await dialog.getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await dialog.locator('[type=submit]').click();
    return dialog;
  };
  const refused = await order(office.tenant.accountId);
  await expect(refused).toContainText('Suspend the tenant first');
  await refused.getByRole('button', { name: 'Cancel' }).click();
  await confirm(page, 'Suspend', 'Suspend Wicked Sprockets?');
  await expect(page.getByText(/^Suspended\./)).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the export' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${office.tenant.slug}.jsonl`);
  expect(await readFile(await download.path(), 'utf8')).toContain('"username":"dana"');
  await page.reload();
  await expect(page.getByText('A whole export was taken on')).toBeVisible();
  await order(office.tenant.accountId);
  await expect(page.getByText(/The tenant will be deleted on/)).toBeVisible();
  await confirm(page, 'Take the deletion back', 'Keep Wicked Sprockets?');
  await expect(page.getByText('The tenant stays suspended.')).toBeVisible();
});

test('an operator adds a colleague, who signs in with the temporary password and chooses another', async ({
  page,
  visit,
  browser,
}) => {
  await enterConsole(page.context(), await newOperator({ username: name('olive') }));
  await page.goto(atConsole('/operator/operators'));
  const username = name('theo');
  await page.getByLabel('First name').fill('Théo');
  await page.getByLabel('Last name').fill('Martin');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Your password', { exact: true }).fill('not mine');
  await page.getByRole('button', { name: 'Add an operator' }).click();
  await expect(page.getByText('That is not your current password.')).toBeVisible();
  await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Add an operator' }).click();
  await expect(statusIn(page)).toContainText('Added.');
  const told = (await page.locator('[data-temporary-password]').textContent()) ?? '';

  const colleague = await visit();
  await colleague.goto(atConsole('/operator/sign-in'));
  await typeSignIn(colleague, username, told);
  const { secret } = await scan(browser, colleague.getByRole('img', { name: /QR/ }));
  await colleague.getByLabel('New code').fill(codeOf(secret));
  await expect(colleague).toHaveURL(atConsole('/operator/sign-in/new-password'));
  await colleague.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await colleague.getByLabel('Repeat the new password').fill(NEW_PASSWORD);
  await colleague.getByRole('button', { name: 'Save and continue' }).click();
  await expect(colleague.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem')).toHaveCount(10);
  await colleague.getByRole('button', { name: 'I have kept them: Continue' }).click();
  await expect(colleague).toHaveURL(atConsole());

  await page.reload();
  await page.getByRole('link', { name: 'Théo Martin' }).last().click();
  await confirm(page, 'Disable', 'Disable Théo Martin?');
  await expect(page.getByText('Disabled. Every session has ended.')).toBeVisible();
  await colleague.getByRole('link', { name: 'Operators' }).first().click();
  await expect(colleague).toHaveURL(/\/operator\/sign-in\?reason=ended/);
});

test('an operator signs in with a recovery code and creates new ones', async ({ page, context, browser }) => {
  const operator = await newOperator({ enrolled: false, username: name('olive') });
  await page.goto(atConsole('/operator/operators'));
  await typeSignIn(page, operator.username, operator.password);
  const { secret } = await scan(browser, page.getByRole('img', { name: /QR/ }));
  await page.getByLabel('New code').fill(codeOf(secret));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  const list = page.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem');
  const codes = await list.allInnerTexts();
  expect(new Set(codes).size).toBe(10);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('recovery-codes-operator.txt');
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toContain(`Recovery codes for ${operator.username} at Operator console`);
  for (const code of codes) expect(text).toContain(code);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));
  await expect(page.getByRole('button', { name: 'Print' })).toBeVisible();
  await page.getByRole('button', { name: 'I have kept them: Continue' }).click();
  await expect(page).toHaveURL(atConsole('/operator/operators'));
  await page.goto(atConsole('/operator/recovery-codes'));
  await expect(page).toHaveURL(atConsole());

  const use = async (code: string) => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page).toHaveURL(/\/operator\/sign-in/);
    await typeSignIn(page, operator.username, operator.password);
    await page.getByRole('link', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code', { exact: true }).fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
  };
  const left = (count: number) => page.getByRole('definition').filter({ hasText: new RegExp(`^${count}$`) });
  await use(` ${codes[0]?.toUpperCase()} `);
  await expect(page).toHaveURL(atConsole());
  await page.goto(atConsole('/operator/account'));
  await expect(left(9)).toBeVisible();
  await use(codes[0] ?? '');
  await expect(alertIn(page)).toHaveText('That recovery code is not right, or it has been used.');
  await page.getByLabel('Recovery code', { exact: true }).fill(codes[1] ?? '');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(atConsole());

  await admin()`
    update operator_recovery_codes set used_at = now() where ctid in (
      select ctid from operator_recovery_codes where operator_id = ${operator.id} and used_at is null limit 5)`;
  await page.goto(atConsole('/operator/account'));
  await expect(left(3)).toBeVisible();
  await expect(page.getByText('Only 3 recovery codes are left.')).toBeVisible();
  await confirm(page, 'New recovery codes', 'Make new recovery codes?', { password: 'not mine' });
  await expect(page.getByText('That is not your current password.')).toBeVisible();
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(operator.password);
  await page.getByRole('button', { name: 'Make new codes' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  const fresh = await list.allInnerTexts();
  await page.getByRole('button', { name: 'I have kept them: Continue' }).click();
  await expect(page).toHaveURL(atConsole('/operator/account'));
  await expect(left(10)).toBeVisible();
  await use(codes[9] ?? '');
  await expect(alertIn(page)).toHaveText('That recovery code is not right, or it has been used.');
  await page.getByLabel('Recovery code', { exact: true }).fill(fresh[0] ?? '');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(atConsole());
  await page.goto(atConsole('/operator/audit'));
  await expect(page.getByText('Olive Bergeron renewed the recovery codes').first()).toBeVisible();
});

test.describe('in French', () => {
  test.use({ locale: 'fr-CA' });

  test('from sign-in to a tenant’s page, with its chart and the chart’s table', async ({ page }) => {
    const office = await openOffice();
    const operator = await newOperator({ username: name('olive') });
    await page.goto(atConsole('/operator/sign-in'));
    await typeSignIn(page, operator.username, 'pas le bon');
    await expect(alertIn(page)).toBeVisible();
    await typeSignIn(page, operator.username, operator.password);
    await page.getByLabel('Nouveau code').fill(codeOf(operator.secret));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Locataires');
    await page.goto(atConsole(`/operator/tenants/${office.tenant.id}`));
    await expect(page.getByRole('img', { name: 'Aucune connexion et aucun échec en 30 jours' })).toBeVisible();
    await page.getByText('Afficher en tableau').click();
    const table = page.getByRole('table', { name: 'Connexions des 30 derniers jours' });
    await expect(table.getByRole('row')).toHaveCount(32);
    await page.getByLabel('Domaine', { exact: true }).fill('localhost');
    await page.getByRole('button', { name: 'Commencer la preuve' }).click();
    await expect(page.getByText('Ce domaine ne peut pas être utilisé')).toBeVisible();
    await page.getByLabel('Domaine', { exact: true }).fill(`${name('d')}.example.com`);
    await page.getByRole('button', { name: 'Commencer la preuve' }).click();
    await expect(page.getByText(/^gatehouse-domain=/)).toBeVisible();
    await page.getByRole('link', { name: 'Audit' }).first().click();
    await expect(page.getByText(/Olive Bergeron a demandé la preuve du domaine/).first()).toBeVisible();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('an operator signs in and changes features', async ({ page }) => {
    const office = await openOffice();
    const operator = await newOperator({ username: name('olive') });
    await page.goto(atConsole('/operator/sign-in'));
    await typeSignIn(page, operator.username, operator.password);
    await page.getByLabel('New code').fill(codeOf(operator.secret));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page).toHaveURL(atConsole());
    await page.goto(atConsole(`/operator/tenants/${office.tenant.id}`));
    await page.getByLabel('Phone').check();
    await page
      .locator('form')
      .filter({ has: page.getByLabel('Phone') })
      .getByRole('button', { name: 'Save' })
      .click();
    await expect(statusIn(page)).toContainText('Saved.');
    await expect(page.getByLabel('Phone')).toBeChecked();
  });
});
