import { codeOf } from '@/tests/support/totp';
import { connectOpenId, expect, fillOpenId, openTest, test, typeAtProvider } from './support/company';
import { alertIn, confirm, statusIn, typeSignIn } from './support/journey';
import { openOffice } from './support/office';

test('OpenID Connect: connected without help, tested, offered, and an agent presses the button', async ({
  page,
  visit,
  company,
}) => {
  const { office, openid } = company;
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/home'));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Single sign-on' }).click();
  await expect(page.getByRole('heading', { name: 'No identity provider is connected yet' })).toBeVisible();
  await page.getByRole('link', { name: 'Connect a provider' }).click();
  await fillOpenId(page, openid.issuer);
  const redirectUri = (await page.getByText('/api/auth/callback/').textContent()) ?? '';
  await page.getByRole('button', { name: 'Save as draft' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Company account');
  await expect(page.getByText('Draft', { exact: true })).toBeVisible();
  expect(page.url()).toContain(redirectUri.slice(redirectUri.indexOf('oidc-') + 'oidc-'.length));
  expect(await page.content()).not.toContain('a secret: of');

  const report = await openTest(page);
  await typeAtProvider(report, 'dana');
  await expect(report.getByText('You would have been signed in as Dana Reyes.')).toBeVisible();
  await expect(report.getByRole('listitem').filter({ hasText: 'Signature' })).toContainText('Passed:');
  await expect(report.getByText('Not passed:')).toHaveCount(0);
  await report.close();

  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await expect(milo.getByRole('link', { name: 'Company account' })).toHaveCount(0);

  await page.reload();
  await page.getByRole('button', { name: 'Offer beside the password' }).click();
  await expect(statusIn(page)).toHaveText('The sign-in page now shows its button beside the password.');
  await milo.reload();
  await milo.getByRole('link', { name: 'Company account' }).click();
  await typeAtProvider(milo, 'milo');
  await expect(milo).toHaveURL(office.at('/home'));
  await expect(milo.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');

  await page.goto(office.at(`/admin/users/${office.milo.id}`));
  await expect(page.getByText('Signs in through “Company account”')).toBeVisible();
  await confirm(page, 'Release company account', 'Release Milo Tanaka from the company account at “Company account”?');
  await expect(statusIn(page)).toHaveText('The company account is released.');
  await expect(page.getByText('Milo has not signed in with a company account yet.')).toBeVisible();
  await milo.reload();
  await expect(milo).toHaveURL(/\/sign-in/);
});

test('SAML: connected by the address of its metadata, tested, offered, and an agent presses the button', async ({
  page,
  visit,
  company: { office, saml },
}) => {
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/single-sign-on/new'));
  await page.getByRole('link', { name: 'Use SAML 2.0' }).click();
  await page.getByLabel('Address of its metadata').fill(saml.metadataUrl);
  await page.getByLabel('Words on the button').fill('Copper SAML');
  await page.getByRole('button', { name: 'Save as draft' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Copper SAML');
  const metadata = await page
    .getByText(/\/sso\/saml\/.*\/metadata$/)
    .first()
    .textContent();
  const ours = await page.evaluate((address) => fetch(address).then((answer) => answer.text()), metadata ?? '');
  expect(ours).toContain(`entityID="${metadata}"`);
  saml.trust(ours);

  const report = await openTest(page);
  await report.getByLabel('Username').fill('dana');
  await report.getByRole('button', { name: 'Sign in' }).click();
  await expect(report.getByText('You would have been signed in as Dana Reyes.')).toBeVisible();
  await report.getByRole('link', { name: 'Go on with the connection' }).click();
  await report.getByRole('button', { name: 'Offer beside the password' }).click();
  await expect(statusIn(report)).toBeVisible();

  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await milo.getByRole('link', { name: 'Copper SAML' }).click();
  await milo.getByLabel('Username').fill('milo');
  await milo.getByRole('button', { name: 'Sign in' }).click();
  await expect(milo).toHaveURL(office.at('/home'));
  await expect(milo.getByRole('heading', { level: 1 })).toHaveText('Hello Milo');
});

test('a test that fails says at which side to change what, and a draft stays one', async ({ page, company }) => {
  const { office, openid } = company;
  await office.enter(page.context(), office.dana);
  await connectOpenId(page, company);
  openid.turn({ idToken: { aud: 'somebody-else' } });
  const report = await openTest(page);
  await typeAtProvider(report, 'dana');
  await expect(report.getByText('It does not work yet')).toBeVisible();
  await expect(report.getByRole('heading', { name: 'The answer is meant for another application' })).toBeVisible();
  await expect(report.getByText('copy the client ID of this very application into the connection')).toBeVisible();
  const failed = report.getByRole('listitem').filter({ hasText: 'Not passed:' });
  await expect(failed).toContainText('Audience');
  await expect(failed).toContainText('somebody-else');
  await report.getByRole('link', { name: 'To the connection' }).click();
  await expect(report.getByText('Draft', { exact: true })).toBeVisible();
  await expect(report.getByRole('button', { name: 'Offer beside the password' })).toHaveCount(0);
});

test('who is refused reads out a code, and the administrator finds out why, in both languages', async ({
  page,
  visit,
  company,
}) => {
  const { office } = company;
  await office.enter(page.context(), office.dana);
  await connectOpenId(page, company);
  await (await tested(page)).getByRole('button', { name: 'Offer beside the password' }).click();
  await expect(statusIn(page)).toBeVisible();

  const stranger = await visit();
  await stranger.goto(office.at('/sign-in'));
  await stranger.getByRole('link', { name: 'Company account' }).click();
  await typeAtProvider(stranger, 'nobody');
  await expect(stranger).toHaveURL(/\/sign-in\?sso=/);
  const code = /[a-z]+-[a-z]+-\d\d/.exec((await stranger.getByRole('main').textContent()) ?? '')?.[0] ?? '';
  expect(code).not.toBe('');

  await page.goto(office.at('/admin/single-sign-on/failures'));
  await page.getByLabel('Code, such as blue-otter-42').fill(` ${code.toUpperCase().replaceAll('-', ' ')}`);
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(code);
  await expect(page.getByRole('heading', { name: 'No user has this email address' })).toBeVisible();
  await expect(page.getByText(`stranger@${office.tenant.slug}.example`)).toBeVisible();
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(page.getByRole('heading', { name: 'Aucun utilisateur n’a cette adresse courriel' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Ce qu’il faut changer' })).toBeVisible();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'No user has this email address' })).toBeVisible();

  await page.goto(office.at('/admin/single-sign-on/failures'));
  await page.getByLabel('Code, such as blue-otter-42').fill('pink-yak-99x');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByText('There is no code “pink-yak-99x”')).toBeVisible();
});

test('passwords are hidden only once that is safe, and the emergency account still signs in', async ({
  page,
  visit,
  company,
}) => {
  const { office } = company;
  const { secret } = await office.enrol(office.dana);
  await office.enter(page.context(), office.dana);
  await connectOpenId(page, company);
  await (await tested(page)).getByRole('button', { name: 'Offer beside the password' }).click();
  await expect(statusIn(page)).toBeVisible();
  const connection = page.url();

  await confirm(page, 'Hide passwords', 'Let “Company account” stand instead of passwords?');
  const refusal = page.getByRole('dialog').getByRole('alert');
  await expect(refusal).toContainText(
    'an administrator has signed in through this connection within the last 24 hours',
  );
  await page.getByRole('button', { name: 'Cancel' }).click();

  const other = await visit();
  await other.goto(office.at('/sign-in'));
  await other.getByRole('link', { name: 'Company account' }).click();
  await typeAtProvider(other, 'dana');
  await other.getByLabel('New code').fill(codeOf(secret));
  await expect(other).toHaveURL(office.at('/home'));

  await page.goto(connection);
  await expect(page.getByText('An administrator has signed in through it:')).toBeVisible();
  await confirm(page, 'Hide passwords', 'Let “Company account” stand instead of passwords?');
  await expect(refusal).toContainText('there is an emergency account');
  await page.goto(office.at('/admin/single-sign-on/rules'));
  await expect(page.getByText('Nobody is named yet')).toBeVisible();
  await page.goto(office.at(`/admin/users/${office.dana.id}`));
  await confirm(page, 'Name emergency account', 'Name Dana Reyes as an emergency account?');
  await expect(page.getByText('This is now an emergency account.')).toBeVisible();
  await page.goto(connection);
  await confirm(page, 'Hide passwords', 'Let “Company account” stand instead of passwords?');
  await expect(page.getByText('Passwords are hidden. The button is the way in.')).toBeVisible();

  await page.goto(office.at(`/admin/users/${office.dana.id}`));
  await confirm(page, 'No longer emergency account', 'Is Dana Reyes no longer an emergency account?');
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('last emergency account that works');

  const milo = await visit();
  await milo.goto(office.at('/sign-in'));
  await expect(milo.getByRole('link', { name: 'Company account' })).toBeVisible();
  await expect(milo.getByLabel('Username')).toHaveCount(0);

  const emergency = await visit();
  await emergency.goto(office.at('/sign-in/emergency'));
  await typeSignIn(emergency, 'milo', office.milo.password);
  await expect(alertIn(emergency)).toBeVisible();
  await typeSignIn(emergency, 'dana', office.dana.password);
  await emergency.getByLabel('New code').fill(codeOf(secret, 1));
  await expect(emergency).toHaveURL(office.at('/home'));
  await emergency.goto(connection);
  await emergency.getByRole('button', { name: 'Show passwords again' }).click();
  await expect(statusIn(emergency)).toBeVisible();
  await milo.reload();
  await typeSignIn(milo, 'milo', office.milo.password);
  await expect(milo).toHaveURL(office.at('/home'));
});

test('without the entitlement there is no tab, and every page says who can turn it on', async ({ page }) => {
  const other = await openOffice({ entitlements: [] });
  await other.enter(page.context(), other.dana);
  await page.goto(other.at('/home'));
  await expect(page.getByRole('link', { name: 'Users' }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Single sign-on' })).toHaveCount(0);
  for (const path of ['', '/new', '/new/oidc', '/failures', '/expiry', '/rules']) {
    await page.goto(other.at(`/admin/single-sign-on${path}`));
    await expect(page.getByText('contact your service provider')).toBeVisible();
    await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
  }
});

/** Tests the draft that is open as Dana, and comes back to its page. */
async function tested(page: Parameters<typeof openTest>[0]) {
  const report = await openTest(page);
  await typeAtProvider(report, 'dana');
  await expect(report.getByText('It works', { exact: true })).toBeVisible();
  await report.close();
  await page.goto(page.url().replace(/\?.*/, ''));
  return page;
}
