import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from '@/tests/support/chromium';
import { conclude, ended, fromPlaywright, fromVitest, type Outcome } from '@/tests/support/reports';

/**
 * `npm test` runs every stage, also after a failure; `npm run test:integration` and `npm run test:unit` run one of them.
 * The last line is the sum.
 */

type Stage = { name: string; command: string[]; outcome(code: number | null): Outcome };

// Everything temporary lies in here, so that nothing stays behind, also where a runner is cut off. Postgres, as another
// user, must be able to pass through.
const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-tests-'));
chmodSync(scratch, 0o711);
const vitestReport = path.join(scratch, 'vitest.json');
const playwrightReport = path.join(scratch, 'playwright.json');
let running: ChildProcess | undefined;

// Types of our own sources: what Next writes beside a build or a development server may be older than they are.
const stages: Stage[] = [
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tests'], outcome: asOne },
  { name: 'lint', command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--max-diagnostics=20'], outcome: asOne },
  vitest('unit and integration'),
  {
    name: 'end to end',
    command: ['node_modules/playwright/cli.js', 'test', '--reporter=list,json'],
    outcome: (code) => ended(code, fromPlaywright(playwrightReport)),
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

const alone = { unit: vitest('unit', '--project=unit'), integration: vitest('unit and integration') };
const [wanted] = process.argv.slice(2);
if (wanted && !(wanted in alone)) throw new Error(`no stage ${wanted}`);
const chosen = wanted ? [alone[wanted as keyof typeof alone]] : stages;
const total: Outcome = { passed: 0, failed: [] };
const chromium = wanted ? undefined : findOrInstall();
for (const stage of chosen) {
  const { passed, failed } = await run(stage);
  total.passed += passed;
  total.failed.push(...failed.map((failure) => `${stage.name}: ${failure}`));
}
conclude(total);

function vitest(name: string, ...options: string[]): Stage {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`];
  return {
    name,
    command: ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...options],
    outcome: (code) => ended(code, fromVitest(vitestReport)),
  };
}

/** Without a browser the other stages still run; the journeys then fail. */
function findOrInstall() {
  try {
    return ensureChromium();
  } catch (error) {
    console.error(`tests: ${error instanceof Error ? error.message : error}`);
  }
}

async function run({ name, command, outcome }: Stage): Promise<Outcome> {
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
  const { passed, failed } = outcome(code);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`== ${name}: ${passed} passed, ${failed.length} failed, ${seconds} s`);
  return { passed, failed };
}

function asOne(code: number | null): Outcome {
  return code === 0 ? { passed: 1, failed: [] } : { passed: 0, failed: [`ended with ${code}`] };
}
