import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from 'playwright/test';
import { env } from '@/lib/env';
import type { Office } from './office';

export { expect };

type Trouble = { complaints: string[]; expectStatus: (...statuses: number[]) => void };

type Fixtures = {
  /** Another browser: its own cookies, and what `options` say. */
  visit: (options?: BrowserContextOptions) => Promise<Page>;
  /**
   * What the browsers complained about. A journey that is to meet a status of an error names it.
   */
  trouble: Trouble;
};

/**
 * Every page of a journey is watched: an error on the console, an uncaught one or a breach of the
 * CSP fails it.
 */
export const test = base.extend<Fixtures>({
  trouble: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      const expected: string[] = [];
      watch(context, complaints);
      await use({
        complaints,
        expectStatus: (...statuses) => expected.push(...statuses.map((status) => `with a status of ${status}`)),
      });
      const unexpected = complaints.filter((complaint) => !expected.some((words) => complaint.includes(words)));
      expect([...new Set(unexpected)]).toEqual([]);
    },
    { auto: true },
  ],
  visit: async ({ browser, trouble, locale }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ locale, ...options });
      contexts.push(context);
      watch(context, trouble.complaints);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

/** An address on the root domain. */
export function atRoot(path = '/') {
  return new URL(path, env().publicUrl).href;
}

/** Types the two fields of a sign-in page and sends them. */
export async function typeSignIn(page: Page, username: string, password: string) {
  await page.getByLabel(/^(Username|Nom d’utilisateur)$/).fill(username);
  await page.getByLabel(/^(Password|Mot de passe)$/).fill(password);
  await page.getByRole('button', { name: /^(Sign in|Se connecter)$/ }).click();
}

/** Signs in with the password alone, and is Home. */
export async function signIn(page: Page, office: Office, who: { username: string; password: string }) {
  await page.goto(office.at('/sign-in'));
  await typeSignIn(page, who.username, who.password);
  await page.waitForURL(office.at('/home'));
}

/** The message above a form that failed. */
export function alertIn(page: Page) {
  return page.getByRole('alert').filter({ has: page.locator('[data-form-message]') });
}

/** The message of a form that succeeded. */
export function statusIn(page: Page) {
  return page.getByRole('status').filter({ has: page.locator('[data-form-message]') });
}

/** Presses a button that asks first, and answers yes. */
export async function confirm(page: Page, trigger: string, question: string | RegExp, fill?: { password: string }) {
  await page.locator('summary').getByText(trigger, { exact: true }).click();
  const dialog = page.getByRole('dialog', { name: question });
  await expect(dialog).toBeVisible();
  if (fill) await dialog.getByLabel('Password', { exact: true }).fill(fill.password);
  await dialog.locator('[type=submit]').click();
}

function watch(context: BrowserContext, complaints: string[]) {
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.location().url}: ${message.text().slice(0, 300)}`);
  });
  context.on('weberror', (error) => {
    complaints.push(`uncaught: ${error.error().stack ?? error.error().message}`);
  });
}
