import { age } from '@/tests/support/clock';
import { codeOf } from '@/tests/support/totp';
import { alertIn, confirm, expect, statusIn, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

test('networks: administrators cannot exclude their own address', async ({ page }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/security'));
  const hint = (await page.getByText('Your address now is').textContent()) ?? '';
  const own = /is ([0-9a-f.:]+)\.$/.exec(hint)?.[1] ?? '';
  expect(['127.0.0.1', '::1']).toContain(own);
  await page.getByLabel('Networks allowed').fill('203.0.113.0/24\nthe office');
  await page.getByRole('button', { name: 'Preview the effect' }).click();
  await expect(page.getByText('“the” is not an address or a network.')).toBeVisible();
  await expect(page.getByLabel('Networks allowed')).toHaveValue('203.0.113.0/24\nthe office');

  await page.getByLabel('Networks allowed').fill('203.0.113.0/24');
  await page.getByRole('button', { name: 'Preview the effect' }).click();
  const effect = page.getByRole('region', { name: 'What would happen' });
  await expect(effect).toBeFocused();
  await expect(effect.getByRole('listitem').first()).toHaveText(
    `You yourself would be outside: your address, ${own}, is in none of these networks.`,
  );
  await expect(effect.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await expect(effect.getByText('These policies cannot be saved.')).toBeVisible();

  await page.getByLabel('Networks allowed').fill(`203.0.113.0/24, 127.0.0.9/8 ${own}`);
  await page.getByRole('button', { name: 'Preview the effect' }).click();
  await effect.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('The policies are saved.');
  await page.reload();
  await expect(page.getByLabel('Networks allowed')).toHaveValue(
    `203.0.113.0/24\n127.0.0.0/8\n${own}/${own === '::1' ? 128 : 32}`,
  );
});

test('what has been changed since the preview is shown again before it is saved', async ({ page, visit, trouble }) => {
  trouble.expectStatus(409);
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/security'));
  const other = await visit();
  await office.enter(other.context(), office.dana);
  await other.goto(office.at('/admin/security'));

  await page.getByRole('button', { name: 'Preview the effect' }).click();
  const effect = page.getByRole('region', { name: 'What would happen' });
  await expect(effect.getByRole('listitem')).toHaveText([
    '1 of 3 has no e-mail address: only an administrator can reset their password.',
  ]);
  await page.getByRole('radio', { name: 'Required' }).check();
  await effect.getByRole('button', { name: 'Save' }).click();
  await expect(effect.getByRole('listitem')).toHaveText([
    /^You changed something after the preview/,
    '3 of 3 have no second factor and would have to set one up.',
    /^1 of 3 has no e-mail address/,
  ]);
  await effect.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('The policies are saved.');

  await other.getByLabel('Failed tries').fill('4');
  await other.getByRole('button', { name: 'Preview the effect' }).click();
  await other.getByRole('region', { name: 'What would happen' }).getByRole('button', { name: 'Save' }).click();
  await expect(alertIn(other)).toContainText('Someone else saved changes after you opened this form.');
  await expect(other.getByLabel('Failed tries')).toHaveValue('4');
  await expect(other.getByLabel('Failed tries')).toHaveAccessibleDescription(/Now saved: 5/);
  await expect(other.getByRole('group', { name: 'Asked for at sign-in' })).toContainText('Now saved: Required');
  await other.getByRole('button', { name: 'Preview the effect' }).click();
  await other.getByRole('region', { name: 'What would happen' }).getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(other)).toHaveText('The policies are saved.');
});

test('a day of grace: Home reminds, the day comes, the next click leads to setting it up', async ({ page, visit }) => {
  const office = await openOffice();
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/security'));
  await page.getByRole('radio', { name: 'Required' }).check();
  const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('Required from').fill(day);
  await page.getByRole('button', { name: 'Preview the effect' }).click();
  const effect = page.getByRole('region', { name: 'What would happen' });
  await expect(effect.getByText('would be signed out')).toHaveCount(0);
  await effect.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('The policies are saved.');

  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));
  const words = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day));
  await expect(milo.getByText(`Your company requires a second factor from ${words}`)).toBeVisible();
  await age('policies', 6 * 86_400, `tenant_id = '${office.tenant.id}'`);
  await milo.reload();
  await expect(milo).toHaveURL(office.at('/sign-in?reason=second-factor'));
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/sign-in/enroll'));
});

test('a remembered device is not asked for a code until it is forgotten', async ({ page }) => {
  const office = await openOffice({ policy: { secondFactor: 'required', rememberDevices: true } });
  const { secret } = await office.enrol(office.milo);
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  await page.getByLabel('New code').fill(codeOf(secret));
  await page.getByLabel('Do not ask on this device for 30 days').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(office.at('/home'));

  await page.getByRole('button', { name: 'Sign out' }).click();
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/home'));
  await page.goto(office.at('/settings/sessions'));
  const remembered = page.getByRole('region', { name: 'Remembered devices' });
  await expect(remembered.getByRole('row')).toHaveCount(2);
  await expect(remembered.getByText('This device', { exact: true })).toBeVisible();
  await confirm(page, 'Forget', /^Forget Chrome · Linux from /);
  await expect(statusIn(page)).toHaveText('The device is forgotten.');
  await expect(remembered.getByText('No device is remembered.')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/sign-in/code'));
});

test('without JavaScript: preview, then save, in French', async ({ visit }) => {
  const office = await openOffice({ locale: 'fr' });
  const page = await visit({ javaScriptEnabled: false, locale: 'fr-CA' });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/security'));
  await page.getByLabel('Tentatives échouées').fill('3');
  await page.getByLabel('Anciens mots de passe').fill('4');
  await page.getByRole('button', { name: 'Voir l’effet' }).click();
  await expect(page.getByRole('heading', { name: 'Ce qui se passerait' })).toBeVisible();
  await expect(page.getByLabel('Tentatives échouées')).toHaveValue('3');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(page.getByText('Les politiques sont enregistrées.')).toBeVisible();
  await page.goto(office.at('/admin/security'));
  await expect(page.getByLabel('Tentatives échouées')).toHaveValue('3');
  await expect(page.getByLabel('Anciens mots de passe')).toHaveValue('4');
});
