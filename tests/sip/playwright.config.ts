import { defineConfig } from 'playwright/test';
import journeys from '../../playwright.config';
import { CHROMIUM_ARGS } from '../support/chromium';

/**
 * A real SIP server and real calls: the journeys' own settings, another folder, and a microphone
 * that beeps.
 */
export default defineConfig({
  ...journeys,
  testDir: '.',
  testMatch: '*.spec.ts',
  timeout: 90_000,
  use: {
    ...journeys.use,
    permissions: ['microphone', 'notifications'],
    launchOptions: {
      ...journeys.use?.launchOptions,
      args: [
        ...CHROMIUM_ARGS,
        '--allow-loopback-in-peer-connection',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
      ],
    },
  },
  outputDir: '../../test-results',
  globalSetup: '../support/playwright-global.ts',
});
