import { defineConfig } from 'playwright/test';
import journeys from '../../playwright.config';

/**
 * Identity providers that nobody here wrote, in a real browser: the journeys' own settings, another
 * folder.
 */
export default defineConfig({
  ...journeys,
  testDir: '.',
  testMatch: '*.spec.ts',
  // Several round trips through a provider that one PHP process answers.
  timeout: 120_000,
  // A provider that stands still is waited for for eight seconds.
  use: { ...journeys.use, actionTimeout: 20_000, navigationTimeout: 30_000 },
  outputDir: '../../test-results',
  globalSetup: '../support/playwright-global.ts',
});
