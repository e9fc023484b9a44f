import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright/test';
import english from '@/messages/en.json' with { type: 'json' };
import french from '@/messages/fr.json' with { type: 'json' };
import { expect } from './journey';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Looks at the page that is open as all its readers do: axe in both themes at 320 and 1280 px, its
 * title in both languages, nothing cut off. `title` is a path in messages.
 */
export async function inspect(page: Page, title: string) {
  await expect(page).toHaveTitle(titleIn(english, title));
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNothingCutOff(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      const found = await findings(page, colorScheme === 'dark' ? RULES_OF_COLOUR : undefined);
      expect(found, `${title}, ${width} px, ${colorScheme}`).toEqual([]);
    }
  }
  await inspectInFrench(page, title);
}

async function inspectInFrench(page: Page, title: string) {
  const context = page.context();
  await context.addCookies([{ name: 'lang', value: 'fr', url: page.url(), httpOnly: true }]);
  const other = await context.newPage();
  await other.setViewportSize({ width: 320, height: 800 });
  await other.goto(page.url());
  await expect(other).toHaveTitle(titleIn(french, title));
  await expect(other.locator('html')).toHaveAttribute('lang', 'fr');
  await expectNothingCutOff(other);
  await other.close();
  await context.clearCookies({ name: 'lang' });
}

function titleIn(messages: object, path: string) {
  const words = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], messages);
  return `${words} · Gatehouse`;
}

/** The rules that may answer differently in the other theme. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** What axe finds against WCAG 2.2 AA and its own best practices, and where. */
async function findings(page: Page, rules?: string[]) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const results = await page.evaluate((runOnly) => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } };
    return axe.run({ resultTypes: ['violations'], iframes: false, ...(runOnly && { runOnly }) });
  }, rules);
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

async function expectNothingCutOff(page: Page) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const outside = (element: Element) => element.getBoundingClientRect().right > width + 1;
    return [...document.querySelectorAll('body *')].filter(outside).map((element) => element.outerHTML.slice(0, 120));
  });
  expect(wide, 'wider than the window').toEqual([]);
}
