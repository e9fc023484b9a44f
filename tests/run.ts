import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from '@/tests/support/chromium';
import { conclude, ended, fromPlaywright, fromVitest, type Outcome } from '@/tests/support/reports';

/**
 * Runs the stages of `npm test`, or with words only the test files whose path contains one of them.
 * `--check`, `--unit` and `--integration` select stages. Every stage runs, also after a failure.
 * The last line is the sum.
 */

type Stage = { name: string; command: string[]; built?: boolean; outcome(code: number | null): Outcome };

const { values: only, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, unit: { type: 'boolean' }, integration: { type: 'boolean' } },
});
// Everything temporary is in one folder that is removed at the end. Postgres, as another user, must
// be able to enter it.
const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-tests-'));
chmodSync(scratch, 0o711);
const vitestReport = path.join(scratch, 'vitest.json');
const playwrightReport = path.join(scratch, 'playwright.json');
let running: ChildProcess | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Each runner stops its own servers and databases when the signal reaches it.
    if (!running?.kill(signal)) process.exit(128 + constants.signals[signal]);
    running.once('close', () => process.exit(128 + constants.signals[signal]));
  });
}
process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

const stages = words.length > 0 ? stagesOf(words.map((word) => path.relative('', path.resolve(word)))) : chosenStages();
const chromium = stages.some(({ name }) => name === 'end to end') ? findOrInstall() : undefined;
if (stages.some(({ built }) => built)) build();
const total: Outcome = { passed: 0, failed: [] };
for (const stage of stages) {
  const { passed, failed } = await run(stage);
  total.passed += passed;
  total.failed.push(...failed.map((failure) => `${stage.name}: ${failure}`));
}
conclude(total);

function chosenStages(): Stage[] {
  const unit = vitest('unit', false, '--project=unit');
  if (only.unit) return [unit];
  const all = vitest('unit and integration', true);
  if (only.integration) return [all];
  // Types of our own sources only: what Next writes beside a build may be older than they are.
  const checks = [
    checker('types', 'typescript/bin/tsc', '--noEmit', '-p', 'tests'),
    checker('lint', '@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=20'),
    checker('unused code', 'knip/bin/knip.js'),
    checker('code that only tests use', 'knip/bin/knip.js', '--production', '--exclude=dependencies'),
  ];
  return only.check ? [...checks, unit] : [...checks, all, playwright()];
}

/** Returns the stages that run the test files whose path contains one of the words. */
function stagesOf(wanted: string[]): Stage[] {
  const tests = listVitest(wanted);
  const journeys = readdirSync('tests/e2e', { recursive: true, encoding: 'utf8' })
    .map((name) => `tests/e2e/${name}`)
    .filter((file) => file.endsWith('.spec.ts') && wanted.some((word) => file.includes(word)));
  const unit = tests.filter(({ projectName }) => projectName === 'unit').map(({ file }) => file);
  const others = tests.filter(({ projectName }) => projectName !== 'unit').map(({ file }) => file);
  const found: Stage[] = [];
  if (unit.length > 0) found.push(vitest('unit', false, '--project=unit', ...unit));
  if (others.length > 0) found.push(vitest('integration', true, '--project=together', '--project=alone', ...others));
  if (journeys.length > 0) found.push(playwright(...journeys));
  if (found.length > 0) return found;
  console.error(`tests: no test file has a path that contains ${wanted.join(' or ')}`);
  process.exit(2);
}

function listVitest(wanted: string[]): { file: string; projectName: string }[] {
  const list = path.join(scratch, 'files.json');
  const args = ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', `--json=${list}`, ...wanted];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(readFileSync(list, 'utf8'));
}

function checker(name: string, program: string, ...options: string[]): Stage {
  return {
    name,
    command: [`node_modules/${program}`, ...options],
    outcome: (code) => (code === 0 ? { passed: 1, failed: [] } : { passed: 0, failed: [`ended with ${code}`] }),
  };
}

function vitest(name: string, built: boolean, ...options: string[]): Stage {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`];
  return {
    name,
    built,
    command: ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...options],
    outcome: (code) => ended(code, fromVitest(vitestReport)),
  };
}

function playwright(...files: string[]): Stage {
  return {
    name: 'end to end',
    built: true,
    command: ['node_modules/playwright/cli.js', 'test', '--reporter=list,json', ...files],
    outcome: (code) => ended(code, fromPlaywright(playwrightReport)),
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

/** Builds the product if its sources changed since the last build. */
function build() {
  const { status } = spawnSync(process.execPath, ['bin/prepare.mjs'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
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
