import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from '@/tests/support/chromium';

/**
 * Runs the journeys of one folder with what `install` brings, and prints the sum as the last line. What cannot be installed
 * fails the tests that need it; the others still run.
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
  const { passed, failed } = count(report);
  const missed = failed === 0 && (code !== 0 || passed === 0) ? 1 : failed;
  process.exitCode = missed > 0 ? 1 : 0;
  console.log(`${passed} passed, ${missed} failed`);
}

function count(report: string) {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors: unknown[];
  };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length };
}
