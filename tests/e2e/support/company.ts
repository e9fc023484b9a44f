import type { Page } from 'playwright/test';
import { CLIENT, startOidcProvider } from '@/tests/support/oidc-provider';
import { startSamlIdp } from '@/tests/support/saml-idp';
import { expect, test as journey } from './journey';
import { type Office, openOffice } from './office';

export { expect };

type Company = {
  office: Office;
  /**
   * The company's own accounts, as an OpenID provider and as a SAML provider; both know Dana, Milo
   * and Nobody.
   */
  openid: Awaited<ReturnType<typeof startOidcProvider>>;
  saml: Awaited<ReturnType<typeof startSamlIdp>>;
};

/** A company with identity providers of its own, neither of them connected yet. */
export const test = journey.extend<{ company: Company }>({
  company: async ({ trouble }, use) => {
    const office = await openOffice({ entitlements: ['security-policies', 'single-sign-on'] });
    const people = [
      { name: 'dana', email: office.dana.email ?? '' },
      { name: 'milo', email: office.milo.email ?? '' },
      { name: 'nobody', email: `stranger@${office.tenant.slug}.example` },
    ];
    const openid = await startOidcProvider({
      users: people.map(({ name, email }) => ({ name, claims: { email, email_verified: true } })),
    });
    const saml = await startSamlIdp(
      people.map(({ name, email }) => ({ name, nameId: `id-of-${name}`, emails: [email] })),
    );
    await use({ office, openid, saml });
    await Promise.all([openid.stop(), saml.stop()]);
    // The providers have no icon, and every browser asks for one.
    const own = trouble.complaints.filter((complaint) => !/^http:\/\/127\.0\.0\.1:\d+\/favicon\.ico/.test(complaint));
    trouble.complaints.splice(0, trouble.complaints.length, ...own);
  },
});

/** Fills in the form of an OpenID connection, from the page where the protocol is chosen. */
export async function fillOpenId(page: Page, issuer: string, button = 'Company account') {
  await page.getByRole('link', { name: 'Use OpenID Connect' }).click();
  await page.getByLabel('Issuer', { exact: true }).fill(issuer);
  await page.getByLabel('Client ID').fill(CLIENT.id);
  await page.getByLabel('Client secret', { exact: true }).fill(CLIENT.secret);
  await page.getByLabel('Words on the button').fill(button);
}

/**
 * Connects the company's OpenID provider as an administrator would; the page of the new draft is
 * open.
 */
export async function connectOpenId(page: Page, { office, openid }: Company) {
  await page.goto(office.at('/admin/single-sign-on/new'));
  await fillOpenId(page, openid.issuer);
  await page.getByRole('button', { name: 'Save as draft' }).click();
  await expect(page.getByText('The connection is saved as a draft.')).toBeVisible();
}

/** Signs in on the OpenID provider's own page. */
export async function typeAtProvider(page: Page, name: string) {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill('password');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Presses Test connection and promises the window that it opens. */
export async function openTest(page: Page) {
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: /^Test connection/ }).click();
  return opened;
}
