import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ended, fromPlaywright, fromVitest } from '@/tests/support/reports';

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-reports-'));
const NONE = path.join(folder, 'none.json');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every vitest test that did not pass is named', () => {
  const one = (status: string, reason?: string) => ({
    fullName: `it ${status}`,
    status,
    failureMessages: [reason ?? ''],
  });
  const report = written({
    numPassedTests: 1,
    testResults: [
      {
        name: '/x/a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [one('passed'), one('failed', '\u001b[31mno\n way')],
      },
      { name: '/x/b.test.ts', status: 'passed', message: '', assertionResults: [one('skipped'), one('todo')] },
      { name: '/x/c.test.ts', status: 'failed', message: 'it cannot be read', assertionResults: [] },
    ],
  });
  const { passed, failed } = fromVitest(report);
  expect(passed).toBe(1);
  expect(failed).toEqual([
    expect.stringMatching(/x\/a\.test\.ts › it failed: no way$/),
    expect.stringMatching(/x\/b\.test\.ts › it skipped: skipped$/),
    expect.stringMatching(/x\/b\.test\.ts › it todo: todo$/),
    expect.stringMatching(/x\/c\.test\.ts: it cannot be read$/),
  ]);
});

test('every browser test that did not pass at once is named, at any depth', () => {
  const spec = (status: string) => ({
    file: 'a.spec.ts',
    title: status,
    tests: [{ status, results: [{ errors: [] }] }],
  });
  const report = written({
    stats: { expected: 1 },
    errors: [{ message: 'a worker died' }],
    suites: [{ specs: [spec('expected'), spec('unexpected')], suites: [{ specs: [spec('flaky'), spec('skipped')] }] }],
  });
  expect(fromPlaywright(report)).toEqual({
    passed: 1,
    failed: [
      'a.spec.ts › unexpected: unexpected',
      'a.spec.ts › flaky: flaky',
      'a.spec.ts › skipped: skipped',
      'beside the tests: a worker died',
    ],
  });
});

test('a run without a report or tests, or with an error outside them, has failed', () => {
  expect([fromVitest(NONE).failed.length, fromPlaywright(NONE).failed.length]).toEqual([1, 1]);
  expect(ended(0, { passed: 0, failed: [] }).failed).toHaveLength(1);
  expect(ended(1, { passed: 3, failed: [] }).failed).toHaveLength(1);
  expect(ended(null, { passed: 3, failed: [] }).failed).toHaveLength(1);
  expect(ended(1, { passed: 3, failed: ['one'] }).failed).toEqual(['one']);
  expect(ended(0, { passed: 3, failed: [] }).failed).toEqual([]);
});

function written(report: object) {
  const file = path.join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify(report));
  return file;
}
