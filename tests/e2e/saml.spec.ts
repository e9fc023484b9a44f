import type { Page } from 'playwright/test';
import type { SamlSettings } from '@/db/schema/sso-settings';
import { visitor } from '@/tests/support/browser';
import { newSamlConnection } from '../support/saml-connections';
import { startSamlIdp } from '../support/saml-idp';
import { test as base, expect } from './support/journey';
import { openOffice } from './support/office';

const BUTTON = 'Sign in with Copper SAML';

/** A company with a SAML provider of its own, where Milo works; both sides know each other. */
type Company = Awaited<ReturnType<typeof openCompany>>;

async function openCompany(settings: Partial<SamlSettings> = {}) {
  const office = await openOffice({ entitlements: ['single-sign-on'] });
  const idp = await startSamlIdp([{ name: 'milo', nameId: office.milo.email ?? '' }]);
  const connection = await newSamlConnection(office.tenant, idp, { settings });
  const { host, port, pathname } = new URL(office.at(`/sso/saml/${connection.id}/metadata`));
  idp.trust((await visitor({ port: Number(port), host, protocol: 'http' }).get(pathname)).body);
  return { office, idp, connection, at: (path: string) => office.at(`/sso/saml/${connection.id}/${path}`) };
}

const test = base.extend<{ company: (settings?: Partial<SamlSettings>) => Promise<Company> }>({
  company: async ({ trouble }, use) => {
    const opened: Company[] = [];
    await use(async (settings) => {
      const company = await openCompany(settings);
      opened.push(company);
      return company;
    });
    await Promise.all(opened.map(({ idp }) => idp.stop()));
    // The provider of the tests has no icon.
    const own = trouble.complaints.filter((complaint) => !complaint.includes('/favicon.ico'));
    trouble.complaints.splice(0, Infinity, ...own);
  },
});

async function answerProvider(page: Page) {
  await page.getByLabel('Username').fill('milo');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('one button leads to the provider and back to the page first asked for', async ({ page, company }) => {
  const { office } = await company();
  await page.goto(office.at('/settings/sessions'));
  await page.waitForURL(/\/sign-in\?/);
  await page.getByRole('link', { name: BUTTON }).click();
  await answerProvider(page);
  await page.waitForURL(office.at('/settings/sessions'));
});

test('without JavaScript one more button is needed', async ({ visit, company }) => {
  const { office } = await company();
  const page = await visit({ javaScriptEnabled: false });
  await page.goto(office.at('/sign-in'));
  await page.getByRole('link', { name: BUTTON }).click();
  await answerProvider(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(office.at('/home'));
});

test('a provider that answers wrongly: a code, and the way back to try again', async ({ page, company }) => {
  const { office, idp } = await company();
  idp.knobs.text = { audience: 'https://other.example' };
  await page.goto(office.at('/sign-in'));
  await page.getByRole('link', { name: BUTTON }).click();
  await answerProvider(page);
  await page.waitForURL(/\/sign-in\?sso=/);
  await expect(page.getByText(/[a-z]+-[a-z]+-\d\d/).first()).toBeVisible();
  idp.knobs.text = {};
  await page.getByRole('link', { name: BUTTON }).click();
  await page.waitForURL(office.at('/home'));
});

test('a sign-in started at the provider becomes a request of this browser and signs in', async ({ page, company }) => {
  const { office, idp, at } = await company({ idpInitiated: true });
  const query = new URLSearchParams({ acs: at('acs'), issuer: at('metadata'), RelayState: '/settings/sessions' });
  await page.goto(`${idp.url}/apps?${query}`);
  await answerProvider(page);
  await page.waitForURL(office.at('/settings/sessions'));
});

test('after signing out here and at the provider, the next sign-in asks for a name again', async ({
  page,
  company,
}) => {
  const { office } = await company();
  await page.goto(office.at('/sign-in'));
  await page.getByRole('link', { name: BUTTON }).click();
  await answerProvider(page);
  await page.waitForURL(office.at('/home'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: /company account/ }).click();
  await page.waitForURL(office.at('/sign-in?reason=signed-out'));
  await page.getByRole('link', { name: BUTTON }).click();
  await expect(page.getByLabel('Username')).toBeVisible();
});
