import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from '@/tests/support/chromium';

/** `npm run test:interop`: single sign-on against SimpleSAMLphp and oidc-provider in Chromium; the last line is the sum. */

const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-interop-'));
chmodSync(scratch, 0o711);
const report = path.join(scratch, 'playwright.json');
let running: ChildProcess | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The runner stops its servers itself; it has them from here.
    if (!running?.kill(signal)) process.exit(128 + constants.signals[signal]);
    running.once('close', () => process.exit(128 + constants.signals[signal]));
  });
}
process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

const { passed, failed } = await run();
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);

/** What cannot be installed fails the tests that need it; the others still run. */
async function run() {
  spawnSync('bash', ['tests/idp/install-simplesamlphp.sh'], { stdio: 'inherit' });
  const command = ['node_modules/playwright/cli.js', 'test', '-c', 'tests/interop/playwright.config.ts'];
  running = spawn(process.execPath, [...command, '--reporter=list,json'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_ENV: 'test',
      TMPDIR: scratch,
      FORCE_COLOR: '0',
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      CHROMIUM_PATH: ensureChromium(),
    },
  });
  const [code] = (await once(running, 'close')) as [number | null];
  running = undefined;
  const counted = count();
  if (counted.failed === 0 && (code !== 0 || counted.passed === 0)) counted.failed = 1;
  return counted;
}

function count() {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors: unknown[];
  };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length };
}
