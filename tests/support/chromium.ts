import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

/**
 * The same engine without windows: a page costs it a fifth of the processor time (Chromium 156:
 * 0.19 s a context and page, beside 1.0 s).
 */
const WITHOUT_WINDOWS = '/usr/bin/chromium-headless-shell';

const SYSTEM = [
  WITHOUT_WINDOWS,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/**
 * Returns the Chromium to test in: CHROMIUM_PATH, the system's, or Playwright's own; undefined
 * where there is none.
 */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH: there is nothing at ${named}`);
    return named;
  }
  return [...SYSTEM, chromium.executablePath()].find((path) => path && existsSync(path));
}

/**
 * Returns a Chromium, installed where there was none: Playwright's, or, where that download is
 * refused, the system's. Root also gets the one without windows where Debian has it.
 */
export function ensureChromium() {
  const asRoot = process.getuid?.() === 0;
  if (!process.env.CHROMIUM_PATH && !existsSync(WITHOUT_WINDOWS) && asRoot)
    installFromDebian('chromium-headless-shell');
  const found = findChromium();
  if (found) return found;
  console.log('tests: installing a Chromium');
  const playwright = ['node_modules/playwright/cli.js', 'install', ...(asRoot ? ['--with-deps'] : []), 'chromium'];
  spawnSync(process.execPath, playwright, { stdio: 'inherit' });
  if (!findChromium() && asRoot) installFromDebian('chromium');
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('no Chromium was found and none could be installed; set CHROMIUM_PATH to one');
}

function installFromDebian(name: string) {
  console.log(`tests: installing ${name}`);
  const patience = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'];
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  spawnSync('apt-get', ['update', '-qq', ...patience], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...patience, name], options);
}

/**
 * What Chromium is started with: quiet, and without its sandbox only where root cannot have one.
 */
export const CHROMIUM_ARGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
