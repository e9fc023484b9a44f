import { readFileSync } from 'node:fs';
import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { admin } from '@/tests/support/clock';
import { expect, signIn, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

const cause: Cause = { actorId: null, address: '198.51.100.7', userAgent: 'journey', requestId: 'journey' };

test('an administrator filters events by user, event, day and address, and downloads them', async ({ page, visit }) => {
  const office = await openOffice();
  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await typeSignIn(milo, 'milo', 'not the password');
  await expect(milo.getByRole('alert').first()).toBeVisible();
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));
  await withTenant(office.tenant.id, async (tx) =>
    record(tx, office.tenant.id, { ...cause, actorId: office.dana.id }, 'authn_unlock', { subjectId: office.ruth.id }),
  );

  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/home'));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Audit' }).click();
  const list = page.getByRole('table', { name: 'Events' });
  await expect(list.getByText('Dana Reyes unlocked the sign-in of Ruth Abrams.')).toBeVisible();
  await expect(list.getByText('Milo Tanaka signed in with a password.')).toBeVisible();

  const filters = page.getByRole('search', { name: 'Filter events' });
  await filters.getByLabel('Person').fill('202');
  await filters.getByRole('button', { name: 'Show' }).click();
  await expect(list.getByText('A sign-in as Milo Tanaka failed: wrong password or name.')).toBeVisible();
  await expect(list.getByText('Ruth Abrams')).toHaveCount(0);

  await filters.getByLabel('Event', { exact: true }).selectOption({ label: 'Sign-in failed' });
  await filters.getByRole('button', { name: 'Show' }).click();
  await expect(list.getByRole('row')).toHaveCount(2);

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as CSV' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(csv).toHaveLength(2);
  expect(csv[1]).toContain('authn_login_fail,A sign-in as Milo Tanaka failed: wrong password or name.');

  await page.getByRole('link', { name: 'Show all' }).click();
  await filters.getByLabel('Address').fill('198.51.100.7');
  await filters.getByRole('button', { name: 'Show' }).click();
  await expect(list.getByRole('row')).toHaveCount(2);
  await list.locator('summary').click();
  await expect(list.getByText('authn_unlock')).toBeVisible();
  await filters.getByLabel('To', { exact: true }).fill('2020-01-01');
  await filters.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('heading', { name: 'No such events' })).toBeVisible();
  await filters.getByLabel('Person').fill('nobody at all');
  await filters.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('heading', { name: 'Nobody is called “nobody at all”' })).toBeVisible();
});

test('the audit log is checked on demand, and shows what was changed', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/audit'));
  await expect(page.getByText('Nobody has checked it yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Check the trail' }).click();
  await expect(page.getByText(/^All \d+ events hold\.$/)).toBeVisible();
  await admin()`update audit_events set address = '10.9.9.9' where tenant_id = ${office.tenant.id} and seq = 2`;
  await page.getByRole('button', { name: 'Check the trail' }).click();
  await expect(page.getByText(/^1 event does not hold: 2\. It was changed/)).toBeVisible();
});

test('the audit log in French, over several pages', async ({ page }) => {
  const office = await openOffice();
  for (let index = 0; index < 60; index++)
    await withTenant(office.tenant.id, async (tx) =>
      record(tx, office.tenant.id, { ...cause, actorId: office.milo.id }, 'authn_logout', {
        subjectId: office.milo.id,
      }),
    );
  await office.enter(page.context(), office.dana);
  await page.context().addCookies([{ name: 'lang', value: 'fr', url: office.at('/'), httpOnly: true }]);
  await page.goto(office.at('/admin/audit?event=authn_logout'));
  const list = page.getByRole('table', { name: 'Événements' });
  await expect(list.getByText('Milo Tanaka s’est déconnecté.').first()).toBeVisible();
  await expect(list.getByRole('row')).toHaveCount(51);
  await page.getByRole('link', { name: 'Plus anciens' }).click();
  await expect(list.getByRole('row')).toHaveCount(11);
  await page.getByRole('link', { name: 'Plus récents' }).click();
  await expect(list.getByRole('row')).toHaveCount(51);
});

test('users see their own sign-ins and the tries of others at their account, and nothing else', async ({
  page,
  visit,
  trouble,
}) => {
  const office = await openOffice();
  const thief = await visit();
  await thief.goto(office.at('/sign-in'));
  await typeSignIn(thief, 'milo', 'not the password');
  await expect(thief.getByRole('alert').first()).toBeVisible();
  await typeSignIn(thief, 'ruth', 'not the password');
  await signIn(page, office, office.milo);
  await page.goto(office.at('/settings/sign-ins'));
  const list = page.getByRole('table', { name: 'Your sign-ins' });
  await expect(list.getByText('Milo Tanaka signed in with a password.')).toBeVisible();
  await expect(list.getByText('A sign-in as Milo Tanaka failed')).toBeVisible();
  await expect(list.getByText('Ruth')).toHaveCount(0);
  trouble.expectStatus(404);
  await page.goto(office.at('/admin/audit'));
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Audit');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('the operator’s audit log is filtered and checked', async ({ page }) => {
    const office = await openOffice();
    await office.enter(page.context(), office.dana);
    await page.goto(office.at('/admin/audit'));
    await page.getByLabel('Event', { exact: true }).selectOption({ label: 'User created' });
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.getByRole('table', { name: 'Events' }).getByRole('row')).toHaveCount(4);
    await page.getByRole('button', { name: 'Check the trail' }).click();
    await expect(page.getByText(/events hold/)).toBeVisible();
  });
});
