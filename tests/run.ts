import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from '@/tests/support/chromium';

/** `npm test`: every stage runs, also after a failure; the last line is the sum. */

type Count = { passed: number; failed: number };
type Stage = { name: string; command: string[]; count(code: number | null): Count };

// Everything temporary lies in here, so that nothing stays behind, also where a runner is cut off. Postgres, as another
// user, must be able to pass through.
const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-tests-'));
chmodSync(scratch, 0o711);
const vitestReport = path.join(scratch, 'vitest.json');
const playwrightReport = path.join(scratch, 'playwright.json');
let running: ChildProcess | undefined;

// Types of our own sources: what Next writes beside a build or a development server may be older than they are.
const stages: Stage[] = [
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tests'], count: asOne },
  { name: 'lint', command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--max-diagnostics=20'], count: asOne },
  {
    name: 'unit and integration',
    command: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
    ],
    count: countVitest,
  },
  {
    name: 'end to end',
    command: ['node_modules/playwright/cli.js', 'test', '--reporter=list,json'],
    count: countPlaywright,
  },
];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Each runner stops its servers and databases itself; they have them from here.
    if (!running?.kill(signal)) process.exit(128 + constants.signals[signal]);
    running.once('close', () => process.exit(128 + constants.signals[signal]));
  });
}
process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

const total: Count = { passed: 0, failed: 0 };
const chromium = findOrInstall();
for (const stage of stages) {
  const { passed, failed } = await run(stage);
  total.passed += passed;
  total.failed += failed;
}
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed`);

/** Without a browser the other stages still run; the journeys then fail. */
function findOrInstall() {
  try {
    return ensureChromium();
  } catch (error) {
    console.error(`tests: ${error instanceof Error ? error.message : error}`);
  }
}

async function run({ name, command, count }: Stage): Promise<Count> {
  console.log(`\n== ${name}`);
  const started = performance.now();
  running = spawn(process.execPath, command, {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_ENV: 'test',
      TMPDIR: scratch,
      FORCE_COLOR: '0',
      PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport,
      ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
    },
  });
  const [code] = (await once(running, 'close')) as [number | null];
  running = undefined;
  const counted = count(code);
  // A stage that found nothing to do, or fell over beside its tests, has failed.
  if (counted.failed === 0 && (code !== 0 || counted.passed === 0)) {
    console.error(`tests: ${name} ended with ${code} and ${counted.passed} tests passed`);
    counted.failed += 1;
  }
  console.log(
    `== ${name}: ${counted.passed} passed, ${counted.failed} failed, ${Math.round((performance.now() - started) / 1000)} s`,
  );
  return counted;
}

function asOne(code: number | null): Count {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** A skipped test counts as failed: there are none. A file that could not be read counts as one failed test. */
function countVitest(): Count {
  const report = read<{
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: { status: string; assertionResults: { status: string }[] }[];
  }>(vitestReport);
  if (!report) return { passed: 0, failed: 1 };
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numPendingTests + report.numTodoTests + brokenFiles,
  };
}

function countPlaywright(): Count {
  const report = read<{
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors: unknown[];
  }>(playwrightReport);
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky + skipped + report.errors.length };
}

function read<Report>(file: string): Report | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
}
