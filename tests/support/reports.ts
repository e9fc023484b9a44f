import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * What a runner reported. `failed` names each test with the beginning of its reason, in one line.
 */
export type Outcome = { passed: number; failed: string[] };

const NO_REPORT: Outcome = { passed: 0, failed: ['the runner left no report'] };

/**
 * Reads vitest's JSON report. A skipped test counts as failed: there are none. So does a file that
 * could not be read.
 */
export function fromVitest(reported: string): Outcome {
  const report = read<{
    numPassedTests: number;
    testResults: {
      name: string;
      status: string;
      message: string;
      assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
    }[];
  }>(reported);
  if (!report) return NO_REPORT;
  const failed = report.testResults.flatMap(({ name: file, status, message, assertionResults }) => {
    const name = path.relative('', file);
    const tests = assertionResults.filter((test) => test.status !== 'passed');
    if (tests.length === 0) return status === 'failed' ? [line(name, message)] : [];
    return tests.map((test) => line(`${name} › ${test.fullName}`, test.failureMessages?.join(' ') || test.status));
  });
  return { passed: report.numPassedTests, failed };
}

type Suite = {
  suites?: Suite[];
  specs: { file: string; title: string; tests: { status: string; results: Result[] }[] }[];
};
type Result = { errors: { message?: string }[] };

/**
 * Reads Playwright's JSON report. A skipped test, and one that passed only when repeated, count as
 * failed: there are none.
 */
export function fromPlaywright(file: string): Outcome {
  const report = read<{ stats: { expected: number }; errors: { message?: string }[]; suites: Suite[] }>(file);
  if (!report) return NO_REPORT;
  const failed = report.suites.flatMap(specsOf).flatMap(({ file: spec, title, tests }) =>
    tests
      .filter(({ status }) => status !== 'expected')
      .map(({ status, results }) => {
        const errors = results.flatMap((result) => result.errors.map((error) => error.message ?? ''));
        return line(`${spec} › ${title}`, errors.join(' ') || status);
      }),
  );
  const beside = report.errors.map((error) => line('beside the tests', error.message ?? ''));
  return { passed: report.stats.expected, failed: [...failed, ...beside] };
}

function specsOf(suite: Suite): Suite['specs'] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}

/**
 * What `outcome` is once the runner's exit code is known too: a runner that found nothing to do, or
 * that fell over beside its tests, has failed.
 */
export function ended(code: number | null, { passed, failed }: Outcome): Outcome {
  if (failed.length > 0 || (code === 0 && passed > 0)) return { passed, failed };
  return { passed, failed: [`the runner ended with ${code} after ${passed} tests`] };
}

/**
 * Prints the failures by name, so that the end of a long log says what is wrong, and the sum as the
 * last line; sets the exit code.
 */
export function conclude({ passed, failed }: Outcome) {
  for (const failure of failed) console.log(`failed: ${failure}`);
  console.log(`${passed} passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** One line of at most 600 letters, without the colours of a terminal. */
function line(name: string, reason: string) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are such characters.
  const plain = reason.replace(/\u001b\[[0-9;]*m/g, '').replace(/\s+/g, ' ');
  return `${name}: ${plain}`.slice(0, 600);
}

function read<Report>(file: string): Report | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
}
