import type { Page } from 'playwright/test';
import { newConnection } from '@/tests/support/connections';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { connectOpenId, expect, fillOpenId, test } from './support/company';
import { confirm, statusIn } from './support/journey';

test('what is wrong with an OpenID provider is said at the field, before anything is saved', async ({
  page,
  company,
  trouble,
}) => {
  trouble.expectStatus(400);
  const { office, openid } = company;
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/single-sign-on/new'));
  await fillOpenId(page, 'http://id.wickedsprockets.example');
  const issuer = page.getByLabel('Issuer', { exact: true });
  await save(page);
  await expect(issuer).toHaveAccessibleDescription(/must be an address that begins with https/);
  await issuer.fill('https://192.168.0.10/realms/company');
  await save(page);
  await expect(issuer).toHaveAccessibleDescription(/leads into a private network/);
  await issuer.fill('http://127.0.0.1:9');
  await save(page);
  await expect(issuer).toHaveAccessibleDescription(/Nobody answers at this address/);
  openid.turn({ discovery: { issuer: `${openid.issuer}/` } });
  await issuer.fill(openid.issuer);
  await save(page);
  await expect(issuer).toHaveAccessibleDescription(/calls itself “http:\/\/127\.0\.0\.1:\d+\/”/);
  openid.turn({ instead: { '/.well-known/openid-configuration': (_request, response) => void response.end('Hello') } });
  await save(page);
  await expect(issuer).toHaveAccessibleDescription(/found no OpenID Connect provider there/);
  openid.turn({});
  await page.getByLabel('Scopes').fill('email profile');
  await save(page);
  await expect(page.getByLabel('Scopes')).toHaveAccessibleDescription(/“openid” must be one of the scopes/);
  await page.getByLabel('Scopes').fill('openid, email');
  await page.getByLabel('Secret expires on').fill('2020-01-31');
  await save(page);
  await expect(page.getByLabel('Secret expires on')).toHaveAccessibleDescription(/This date is in the past/);
  await page.getByLabel('Secret expires on').fill('2099-01-31');
  await page.getByLabel('Directory (tenant) ID').fill('contoso');
  await save(page);
  await expect(page.getByLabel('Directory (tenant) ID')).toHaveAccessibleDescription(/32 letters and digits/);
  await page.getByLabel('Directory (tenant) ID').fill('');
  await issuer.fill('https://login.microsoftonline.com/common/v2.0');
  await save(page);
  await expect(page.getByLabel('Directory (tenant) ID')).toHaveAccessibleDescription(/Enter your Directory ID/);
  await page.goto(office.at('/admin/single-sign-on'));
  await expect(page.getByRole('heading', { name: 'No identity provider is connected yet' })).toBeVisible();
});

test('a change: the secret stays, another client makes it a draft again', async ({ page, company, trouble }) => {
  trouble.expectStatus(400);
  const { office, openid } = company;
  await office.enter(page.context(), office.dana);
  const connection = await newConnection(office.tenant, { label: 'Kettle ID', issuer: openid.issuer });
  await page.goto(office.at(`/admin/single-sign-on/${connection.id}/edit`));
  await expect(page.getByLabel('Client secret', { exact: true })).toHaveValue('');
  await page.getByLabel('Words on the button').fill('Copper ID');
  await page.getByLabel('Create users at their first sign-in').check();
  await save(page, 'Save');
  const domains = page.getByLabel('Email domains');
  await expect(domains).toHaveAccessibleDescription(/strangers could become users/);
  await domains.fill('gmail.com');
  await save(page, 'Save');
  await expect(domains).toHaveAccessibleDescription(/Anyone can get an address at gmail\.com/);
  await domains.fill('wickedsprockets.example');
  await save(page, 'Save');
  await expect(page.getByText('The changes are saved.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Copper ID');
  await expect(page.getByText('Become users at their first sign-in. Role: Agent')).toBeVisible();
  await expect(page.getByText('Kept sealed')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop offering it' })).toBeVisible();
  await page.getByRole('link', { name: 'Edit' }).click();
  await expect(page.getByLabel('Create users at their first sign-in')).toBeChecked();
  await page.getByLabel('Client ID').fill('another-client');
  await save(page, 'Save');
  await expect(page.getByText('Draft', { exact: true })).toBeVisible();
});

test('a connection that creates users without email domains says so in the list and on its page', async ({
  page,
  company,
}) => {
  const { office, openid } = company;
  await office.enter(page.context(), office.dana);
  const { id } = await newConnection(office.tenant, { label: 'Kettle ID', issuer: openid.issuer, createUsers: true });
  await page.goto(office.at('/admin/single-sign-on'));
  await expect(page.getByText('No users are created: email domains are missing')).toBeVisible();
  await expect(page.getByText('Set email domains for: Kettle ID.')).toBeVisible();
  await page.goto(office.at(`/admin/single-sign-on/${id}`));
  await expect(page.getByText('Refused until email domains are set')).toBeVisible();
  await page.getByRole('link', { name: 'Set email domains' }).click();
  await page.getByLabel('Email domains').fill('wickedsprockets.example');
  await save(page, 'Save');
  await expect(page.getByText('The changes are saved.')).toBeVisible();
  await expect(page.getByText('No users are created: email domains are missing')).toBeHidden();
  await page.getByRole('button', { name: 'Stop offering it' }).click();
  await expect(page.getByText('The changes are saved.')).toBeHidden();
});

test('what is wrong with SAML metadata is said at the field: as a file, as text and by address', async ({
  page,
  company,
  trouble,
}) => {
  trouble.expectStatus(400);
  const { office, saml } = company;
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/single-sign-on/new/saml'));
  await page.getByLabel('Words on the button').fill('Copper SAML');
  const address = page.getByLabel('Address of its metadata');
  await save(page);
  await expect(address).toHaveAccessibleDescription(/Give the metadata here/);
  saml.knobs.metadata = 'error';
  await address.fill(saml.metadataUrl);
  await save(page);
  await expect(address).toHaveAccessibleDescription(/Check/);

  await page.getByRole('radio', { name: 'As text' }).check();
  const text = page.getByLabel('Metadata', { exact: true });
  await expect(address).toBeHidden();
  await text.fill('Dear colleague, please find our metadata attached.');
  await save(page);
  await expect(text).toHaveAccessibleDescription(/metadata/i);
  await expect(text).toHaveAttribute('aria-invalid', 'true');
  await text.fill(saml.metadata().replace(/(<ds:X509Certificate>)[^<]+/g, '$1TUlJRGF6Q0NBbE9nQXdJQkFnSVVUZXN0'));
  await save(page);
  await expect(text).toHaveAccessibleDescription(/certificate/i);

  await page.getByRole('radio', { name: 'As a file' }).check();
  const file = page.getByLabel('Metadata file');
  await file.setInputFiles({ name: 'holiday.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(2000, 0xd8) });
  await save(page);
  await expect(file).toHaveAttribute('aria-invalid', 'true');
  await file.setInputFiles({ name: 'federation.xml', mimeType: 'text/xml', buffer: Buffer.alloc(600 * 1024, 'x') });
  await expect(file).toHaveAccessibleDescription(/larger than 512 KB/);
  await file.setInputFiles({ name: 'idp.xml', mimeType: 'text/xml', buffer: Buffer.from(saml.metadata()) });
  await save(page);
  await expect(page.getByText('The connection is saved as a draft.')).toBeVisible();
  await expect(page.getByText('Given by hand: new certificates must be loaded here.')).toBeVisible();

  await page.goto(office.at('/admin/single-sign-on/new/saml'));
  await page.getByLabel('Words on the button').fill('Copper again');
  await page.getByRole('radio', { name: 'As text' }).check();
  await text.fill(saml.metadata());
  await save(page);
  await expect(text).toHaveAccessibleDescription(/There is a connection with this provider already/);
});

test('metadata at an address are loaded again, and a failure leaves the last good copy', async ({ page, company }) => {
  const { office, saml } = company;
  await office.enter(page.context(), office.dana);
  const connection = await newSamlConnection(office.tenant, saml, { label: 'Copper SAML' });
  await page.goto(office.at(`/admin/single-sign-on/${connection.id}`));
  saml.knobs.metadata = 'error';
  await page.getByRole('button', { name: 'Load metadata now' }).click();
  await expect(page.getByText('The metadata could not be loaded the last time')).toBeVisible();
  await expect(page.getByText('The last good copy stays in force.')).toBeVisible();
  saml.knobs.metadata = 'right';
  saml.knobs.listed = ['first', 'next'];
  await page.getByRole('button', { name: 'Load metadata now' }).click();
  await expect(statusIn(page)).toHaveText('The metadata are up to date.');
  await expect(page.getByText('could not be loaded the last time')).toHaveCount(0);
  await expect(page.getByText(/^Until /)).toHaveCount(2);
  const metadata = async () =>
    page.evaluate((path) => fetch(path).then((answer) => answer.text()), `/sso/saml/${connection.id}/metadata`);
  const before = await metadata();
  const certificates = (text: string) => new Set(text.match(/X509Certificate>[^<]+/g));
  await confirm(page, 'Prepare new keys', 'Prepare new keys for “Copper SAML”?');
  await expect(statusIn(page)).toHaveText('The new keys are prepared.');
  await expect(page.getByText('New keys are published in our metadata')).toBeVisible();
  expect([...certificates(await metadata())].slice(0, 1)).toEqual([...certificates(before)]);
  expect(certificates(await metadata()).size).toBe(2);
  await confirm(page, 'Start using new keys', 'Start using the new keys for “Copper SAML”?');
  await expect(statusIn(page)).toHaveText('The new keys are in use. Test the connection now.');
  await expect(page.locator('summary').getByText('Prepare new keys', { exact: true })).toBeVisible();
  expect(certificates(await metadata()).size).toBe(1);
  await expect(page.getByRole('button', { name: 'Stop offering it' })).toBeVisible();
});

test('without JavaScript: pasted text returns with the reason, a file is accepted, and the draft is enabled', async ({
  visit,
  company,
  trouble,
}) => {
  trouble.expectStatus(400);
  const { office, saml } = company;
  const page = await visit({ javaScriptEnabled: false });
  await office.enter(page.context(), office.dana);
  await page.goto(office.at('/admin/single-sign-on/new/saml'));
  await page.getByLabel('Words on the button').fill('Copper SAML');
  await page.getByRole('radio', { name: 'As text' }).check();
  const broken = saml.metadata().replace('</md:EntityDescriptor>', '');
  await page.getByLabel('Metadata', { exact: true }).fill(broken);
  await page.getByLabel('Attribute with the e-mail address').fill('mail');
  await save(page);
  await expect(page.getByLabel('Metadata', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Metadata', { exact: true })).toHaveValue(broken);
  await expect(page.getByLabel('Attribute with the e-mail address')).toHaveValue('mail');
  await page.getByRole('radio', { name: 'As a file' }).check();
  await page
    .getByLabel('Metadata file')
    .setInputFiles({ name: 'idp.xml', mimeType: 'text/xml', buffer: Buffer.from(saml.metadata()) });
  await save(page);
  await expect(page.getByText('The connection is saved as a draft.')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Test connection/ })).toBeVisible();
  await page.locator('summary').getByText('Remove', { exact: true }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('The connection is removed.')).toBeVisible();
});

test('order, switching off and removing', async ({ page, visit, company }) => {
  const { office } = company;
  await office.enter(page.context(), office.dana);
  await newConnection(office.tenant, { label: 'Kettle ID' });
  await newConnection(office.tenant, { label: 'Copper ID' });
  const visitor = await visit();
  await visitor.goto(office.at('/sign-in'));
  const buttons = visitor.getByRole('link', { name: / ID$/ });
  await expect(buttons).toHaveText(['Kettle ID', 'Copper ID']);
  await page.goto(office.at('/admin/single-sign-on'));
  await page.getByRole('button', { name: 'Move Copper ID up' }).click();
  await expect(page.getByRole('rowheader')).toHaveText(['Copper ID', 'Kettle ID']);
  await visitor.reload();
  await expect(buttons).toHaveText(['Copper ID', 'Kettle ID']);
  await page.getByRole('link', { name: 'Copper ID' }).click();
  await confirm(page, 'Switch off', 'Switch off “Copper ID”?');
  await expect(page.getByText('Switched off', { exact: true })).toBeVisible();
  await visitor.reload();
  await expect(buttons).toHaveText(['Kettle ID']);
  await confirm(page, 'Remove', 'Remove “Copper ID”?');
  await expect(page.getByText('The connection is removed.')).toBeVisible();
  await expect(page.getByRole('rowheader')).toHaveText(['Kettle ID']);
});

test('expiry dates are in one list, and the second factor is a rule', async ({ page, company }) => {
  const { office, saml } = company;
  await office.enter(page.context(), office.dana);
  await newConnection(office.tenant, { label: 'Kettle ID', secretExpiresAt: new Date(Date.now() + 20.5 * 86_400_000) });
  await newSamlConnection(office.tenant, saml, { label: 'Copper SAML' });
  await page.goto(office.at('/admin/single-sign-on/expiry'));
  await expect(page.getByRole('row').nth(1)).toContainText('Client secret');
  await expect(page.getByRole('row').nth(1)).toContainText('21 days');
  await expect(page.getByRole('row')).toHaveCount(4);
  await page.getByRole('link', { name: 'Rules' }).click();
  await expect(page.getByRole('radio', { name: 'When the provider did not ask for one' })).toBeChecked();
  await page.getByRole('radio', { name: 'Always' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(statusIn(page)).toHaveText('The rule is saved.');
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Always' })).toBeChecked();
});

test('an agent sees no single sign-on, and another tenant’s connection is unknown', async ({
  page,
  company,
  trouble,
}) => {
  trouble.expectStatus(404);
  const { office } = company;
  await office.enter(page.context(), office.dana);
  await connectOpenId(page, company);
  const own = new URL(page.url()).pathname;
  await page.goto(office.at('/admin/single-sign-on/00000000-0000-4000-8000-000000000000'));
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Company account');
  await page.context().clearCookies();
  await office.enter(page.context(), office.milo);
  for (const path of ['/admin/single-sign-on', own, '/admin/single-sign-on/rules']) {
    const answer = await page.goto(office.at(path));
    expect(answer?.status()).toBe(404);
  }
});

async function save(page: Page, name = 'Save as draft') {
  await page.getByRole('button', { name, exact: true }).click();
}
