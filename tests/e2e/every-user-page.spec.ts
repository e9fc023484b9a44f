import type { Page } from 'playwright/test';
import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { NO_BRANDING } from '@/lib/branding/brand';
import { saveBranding } from '@/lib/branding/settings';
import { orderDeletion } from '@/lib/operators/tenants/delete';
import { requestDomain } from '@/lib/operators/tenants/domain';
import { exportTenant } from '@/lib/operators/tenants/export';
import { suspendTenant } from '@/lib/operators/tenants/suspend';
import { previewBulk, startBulk } from '@/lib/users/bulk';
import { runBulk } from '@/lib/users/bulk-run';
import { applyImport } from '@/lib/users/import/apply';
import { guessMapping } from '@/lib/users/import/columns';
import { findImport } from '@/lib/users/import/imports';
import { planImport } from '@/lib/users/import/plan';
import { startImport } from '@/lib/users/import/start';
import { uploadFile } from '@/lib/users/import/upload';
import { inviteUser, makeSlip } from '@/lib/users/invite';
import { admin } from '@/tests/support/clock';
import { newOperator } from '@/tests/support/operators';
import { atConsole, enterConsole } from './support/console';
import { inspect } from './support/inspect';
import { alertIn, confirm, expect, test } from './support/journey';
import { type Office, openOffice } from './support/office';

/** Every page of administration in each of its states, as all its readers see it. */

const LONG = 'Wiśniewska-Brzęczyszczykiewicz-Featherstonehaugh';

test.describe.configure({ timeout: 240_000 });

test('the list of users: full, filtered, with every state', async ({ page }) => {
  const office = await openOffice();
  const cause = by(office);
  await admin()`
    insert into users (tenant_id, username, extension, first_name, last_name, email)
    select ${office.tenant.id}, 'long.user.name.that.goes.on.and.on.' || n, (3000 + n)::text, 'Maximilian-Alexander', ${LONG}, 'shared@wicked.example'
    from generate_series(1, 30) n`;
  const waits = await office.hire({ username: 'waits', password: undefined, email: 'waits@wicked.example' });
  await inviteUser(office.tenant, waits.id, cause);
  await admin()`
    insert into throttles (tenant_id, kind, key_digest, user_id, fails, locked_until)
    values (${office.tenant.id}, 'password', 'x', ${office.milo.id}, 5, now() + interval '1 hour')`;
  await admin()`update users set second_factor_required = true where id = ${office.milo.id}`;
  await admin()`update last_sign_ins set at = now() where user_id = ${office.milo.id}`;
  await office.enrol(office.ruth);
  await office.enter(page.context(), office.dana);
  await open(page, office, '/admin/users', 'users.title');
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page.getByRole('link', { name: 'Previous page' })).toBeVisible();
  await inspect(page, 'users.title');
  await open(page, office, '/admin/users?sort=signedIn&status=active&factor=off&email=shared', 'users.title');
  await open(page, office, '/admin/users?q=milo', 'users.title');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(alertIn(page)).toBeVisible();
  await inspect(page, 'users.title');
});

test('one user: added, refused, edited twice, invited, given a slip, deleted', async ({ page, visit, trouble }) => {
  trouble.expectStatus(400, 409);
  const office = await openOffice({ entitlements: ['single-sign-on'] });
  await office.enter(page.context(), office.dana);
  await open(page, office, '/admin/users/new', 'user.newTitle');
  await page.getByLabel('First name').fill('=1+1');
  await page.getByRole('button', { name: 'Add user' }).click();
  await expect(alertIn(page)).toBeVisible();
  await inspect(page, 'user.newTitle');
  await open(page, office, `/admin/users/${office.milo.id}/edit`, 'user.edit');
  await admin()`update users set last_name = ${LONG} where id = ${office.milo.id}`;
  await page.getByLabel('First name').fill('Mila');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Last name')).toHaveAttribute('aria-invalid', 'true');
  await inspect(page, 'user.edit');

  const invited = await office.hire({
    username: 'invited',
    firstName: 'Maximilian',
    lastName: LONG,
    password: undefined,
  });
  await inviteUser(office.tenant, invited.id, by(office));
  await open(page, office, `/admin/users/${invited.id}`, 'user.title');
  await confirm(page, 'Print a slip', /Make a slip for/);
  await expect(page.locator('[data-slip-code]')).toBeVisible();
  await inspect(page, 'user.title');
  await open(page, office, `/admin/users/${office.ruth.id}`, 'user.title');
  await page.locator('summary').getByText('Delete', { exact: true }).click();
  await inspect(page, 'user.title');

  const made = await makeSlip(office.tenant, invited.id, by(office));
  if (!made.ok) throw new Error(made.error);
  const newcomer = await visit();
  await newcomer.goto(office.at('/welcome'));
  await inspect(newcomer, 'welcome.codeTitle');
  await newcomer.goto(made.slip.url);
  await inspect(newcomer, 'welcome.title');
});

test('an invitation that is no longer good', async ({ page, trouble }) => {
  trouble.expectStatus(410);
  const office = await openOffice();
  await page.goto(office.at('/welcome'));
  await page.getByLabel('Code').fill('abcd-efgh-jkmn-pqrs');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByLabel('Code')).toHaveAttribute('aria-invalid', 'true');
  await inspect(page, 'welcome.codeTitle');
  await page.goto(office.at(`/welcome/${'a'.repeat(43)}`));
  await inspect(page, 'welcome.deadTitle');
});

test('an import: uploaded, refused, checked, running, applied, failed', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await open(page, office, '/admin/users/import', 'import.title');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(alertIn(page)).toBeVisible();
  await inspect(page, 'import.title');
  const file = [
    'username,extension,first_name,last_name,email,role',
    `new.one,401,Maximilian,${LONG},maximilian.alexander.featherstonehaugh@wicked-sprockets-international.example,agent`,
    'milo,402,Milo,Tanaka,dana@wicked.example,administrator',
    'ruth,207,Ruth,Abrams,,agent',
    'new.one,402,\u202eA,=B,nowhere,owner',
  ].join('\n');
  const taken = await take(office, file);
  await open(page, office, `/admin/users/import/${taken}`, 'import.title');
  await plan(office, taken);
  await open(page, office, `/admin/users/import/${taken}`, 'import.title');
  await open(page, office, `/admin/users/import/${taken}?verdict=refused`, 'import.title');
  await page.locator('summary').getByText('Apply', { exact: true }).click();
  await inspect(page, 'import.title');
  await startImport(office.tenant, taken, true, by(office));
  await applyImport(office.tenant, taken);
  await open(page, office, `/admin/users/import/${taken}`, 'import.title');
  const late = await take(office, 'username,first_name,last_name\nmilo,Mila,Tanaka');
  await plan(office, late);
  await admin()`update users set last_name = 'Wu' where id = ${office.milo.id}`;
  await startImport(office.tenant, late, true, by(office));
  await applyImport(office.tenant, late);
  await open(page, office, `/admin/users/import/${late}`, 'import.title');
  await open(page, office, '/admin/users/import', 'import.title');
});

test('many at once: asked, done with those left out, and a sheet of slips', async ({ page }) => {
  const office = await openOffice();
  const cause = by(office);
  const ids = [office.dana.id, office.milo.id];
  for (const username of ['one', 'two', 'three'])
    ids.push((await office.hire({ username, firstName: 'Maximilian', lastName: LONG, password: undefined })).id);
  await office.enter(page.context(), office.dana);
  for (const action of ['invite', 'slips', 'end-sessions', 'require-second-factor', 'disable'] as const) {
    const asked = await previewBulk(office.tenant, action, { ids }, cause);
    if (!asked.ok) throw new Error(asked.error);
    await open(page, office, `/admin/users/bulk/${asked.id}`, 'users.withChosen');
    if (action === 'slips') {
      await page.getByRole('button', { name: 'Do it' }).click();
      await expect(page.locator('[data-slip-code]')).toHaveCount(3);
      await inspect(page, 'users.withChosen');
    }
    if (action !== 'disable') continue;
    await startBulk(office.tenant, asked.id, cause);
    await runBulk(office.tenant, asked.id);
    await open(page, office, `/admin/users/bulk/${asked.id}`, 'users.withChosen');
  }
});

test('pages with branding, a checked audit log, and policies without the entitlement', async ({ page }) => {
  const office = await openOffice({ entitlements: [] });
  const words = { nameEn: LONG, supportEn: 'help@wicked.example', noteEn: 'Closed on Sundays.', colour: '#aa3300' };
  await saveBranding(office.tenant, { ...NO_BRANDING, ...words, logo: 'keep' }, by(office));
  await office.enter(page.context(), office.dana);
  await open(page, office, '/admin/branding', 'branding.title');
  await open(page, office, '/admin/audit', 'audit.title');
  await page.getByRole('button', { name: 'Check the trail' }).click();
  await expect(page.getByText(/All \d+ events hold/)).toBeVisible();
  await inspect(page, 'audit.title');
  await withTenant(office.tenant.id, async (tx) =>
    record(tx, office.tenant.id, by(office), 'users_export', { detail: {} }),
  );
  await open(page, office, `/admin/audit?from=2026-01-01&to=2030-01-01&address=127.0.0.1`, 'audit.title');
});

test('a tenant in the console: refused, with a domain that waits, suspended, ordered to go', async ({
  page,
  trouble,
}) => {
  trouble.expectStatus(400);
  const office = await openOffice();
  const operator = await newOperator({ username: `olive${Date.now()}` });
  const cause = { ...by(office), actorId: operator.id };
  await enterConsole(page.context(), operator);
  const path = `/operator/tenants/${office.tenant.id}`;
  await requestDomain(office.tenant.id, 'portal.a-very-long-name-of-a-company.example', cause);
  await page.goto(atConsole(path));
  await inspect(page, 'tenant.title');
  await suspendTenant(office.tenant.id, cause);
  await page.goto(atConsole(path));
  await inspect(page, 'tenant.title');
  for await (const _line of exportTenant(office.tenant, cause));
  await orderDeletion(office.tenant.id, office.tenant.accountId, cause);
  await page.goto(atConsole(path));
  await inspect(page, 'tenant.title');
  await page.goto(atConsole('/operator/tenants/new'));
  await page.getByRole('button', { name: 'Create and invite' }).click();
  await expect(alertIn(page)).toBeVisible();
  await inspect(page, 'newTenant.title');
  await page.goto(atConsole('/operator/audit?event=tenant_suspend'));
  await inspect(page, 'audit.title');
});

function by({ dana }: Office): Cause {
  return { actorId: dana.id, address: '127.0.0.1', userAgent: 'journey', requestId: 'journey' };
}

async function take(office: Office, text: string) {
  const taken = await uploadFile(
    office.tenant,
    { name: 'people-of-the-whole-company.csv', bytes: Buffer.from(text) },
    by(office),
  );
  if (!taken.ok) throw new Error(taken.error);
  return taken.id;
}

async function plan(office: Office, id: string) {
  const mapping = guessMapping((await findImport(office.tenant, id))?.header ?? []);
  await planImport(office.tenant, id, { mapping, invite: true }, by(office));
}

async function open(page: Page, office: Office, path: string, title: string) {
  await page.goto(office.at(path));
  await inspect(page, title);
}
