import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from '@/tests/support/chromium';
import { conclude, ended, fromPlaywright } from '@/tests/support/reports';

/**
 * Runs the journeys of one folder with what `install` brings, and prints the sum as the last line.
 * What cannot be installed fails the tests that need it; the others still run.
 */
export async function runBrowserSuite({ folder, install }: { folder: string; install: string }) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-suite-'));
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

  spawnSync('bash', [install], { stdio: 'inherit' });
  const command = ['node_modules/playwright/cli.js', 'test', '-c', `${folder}/playwright.config.ts`];
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
  conclude(ended(code, fromPlaywright(report)));
}
