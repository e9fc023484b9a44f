import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Promises the Chromium to test in: CHROMIUM_PATH, the system's, or Playwright's own; undefined where there is none. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH: there is nothing at ${named}`);
    return named;
  }
  return [...SYSTEM, chromium.executablePath()].find((path) => path && existsSync(path));
}

/** Promises a Chromium, installed where there was none: Playwright's, or, where that download is refused, the system's. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  console.log('tests: installing a Chromium');
  const asRoot = process.getuid?.() === 0;
  const playwright = ['node_modules/playwright/cli.js', 'install', ...(asRoot ? ['--with-deps'] : []), 'chromium'];
  spawnSync(process.execPath, playwright, { stdio: 'inherit' });
  if (!findChromium() && asRoot) {
    spawnSync('apt-get', ['update'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('no Chromium was found and none could be installed; set CHROMIUM_PATH to one');
}

/** What Chromium is started with: quiet, and without its sandbox only where root cannot have one. */
export const CHROMIUM_ARGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
