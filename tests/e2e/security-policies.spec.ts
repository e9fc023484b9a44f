import { expect, statusIn, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

test('when the second factor becomes required, users without one enroll at the next step', async ({
  page,
  visit,
  trouble,
}) => {
  trouble.expectStatus(400);
  const office = await openOffice();
  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));

  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/home'));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' }).click();
  const administration = page.getByRole('navigation', { name: 'Administration' });
  await administration.getByRole('link', { name: 'Security Policies' }).click();
  await expect(page.getByRole('radio', { name: 'Optional' })).toBeChecked();
  await page.getByLabel('Minimum length').fill('7');
  await page.getByLabel('Failed tries').fill('many');
  await page.getByRole('radio', { name: 'Required' }).check();
  await page.getByRole('button', { name: 'Preview the effect' }).click();
  await expect(page.getByLabel('Minimum length')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Minimum length')).toHaveValue('7');
  await expect(page.getByText('At least 8.')).toBeVisible();
  await expect(page.getByText('Write a whole number.')).toBeVisible();
  await page.getByLabel('Failed tries').fill('5');
  await page.getByLabel('Minimum length').fill('12');
  await page.getByRole('group', { name: 'The person receives' }).getByLabel('Temporary password').check();
  await page.getByLabel('End after being idle for').selectOption({ label: '30 minutes' });
  await page.getByRole('button', { name: 'Preview the effect' }).click();
  const effect = page.getByRole('region', { name: 'What would happen' });
  await expect(effect.getByRole('listitem')).toHaveText([
    '3 of 3 have no second factor and would have to set one up.',
    '1 of 3 would be signed out now.',
    '1 of 3 has no e-mail address: only an administrator can reset their password.',
  ]);
  await page.getByLabel('Minimum length').fill('13');
  await effect.getByRole('button', { name: 'Save' }).click();
  await expect(effect.getByRole('listitem').first()).toHaveText(/^You changed something after the preview/);
  await effect.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('The policies are saved.');
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Required' })).toBeChecked();
  await expect(page.getByLabel('Minimum length')).toHaveValue('13');

  await milo.reload();
  await expect(milo).toHaveURL(office.at('/sign-in?reason=second-factor'));
  await expect(milo.getByText('Your company now asks for a second factor.')).toBeVisible();
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/sign-in/enroll'));
});

test('with the second factor off no code is required, and Settings says why', async ({ page }) => {
  const office = await openOffice({ policy: { secondFactor: 'off' } });
  await office.enrol(office.milo);
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, 'milo', office.milo.password);
  await expect(page).toHaveURL(office.at('/home'));
  await expect(page.getByText('no second factor')).toHaveCount(0);
  await page.goto(office.at('/settings/two-factor'));
  await expect(page.getByText('Your company does not use a second factor')).toBeVisible();
});

test('without the entitlement there is no tab, and the page says who can turn it on', async ({ page }) => {
  const office = await openOffice({ entitlements: [] });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/home'));
  await expect(page.getByRole('link', { name: 'Administration' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Security Policies' })).toHaveCount(0);
  await page.goto(office.at('/admin/security'));
  await expect(page.getByText('contact your service provider')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Preview the effect' })).toHaveCount(0);
});
