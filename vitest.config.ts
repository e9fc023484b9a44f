import path from 'node:path';
import { defineConfig } from 'vitest/config';

const resolve = { alias: { '@': path.resolve(import.meta.dirname) } };

// Measures a whole machine, so it runs after everything else.
const ALONE = ['tests/sign-in/crowd.test.ts'];
// Needs neither a database nor the built product: `npm run test:unit`.
const UNIT = [
  'tests/{architecture,csv,docs,functions,reports,text}.test.ts',
  'tests/components/**/*.test.ts',
  'tests/db/{functions,lifetimes}.test.ts',
  'tests/emails/{deliver,render}.test.ts',
  'tests/environment/{env,env-example,node-version}.test.ts',
  'tests/language/{durations,messages,show,time-zones}.test.ts',
  'tests/network/*.test.ts',
  'tests/passwords/{admission-queue,rules}.test.ts',
  'tests/policies/networks.test.ts',
  'tests/rate-limit/networks.test.ts',
  'tests/request/{body-limits,client-address,without-script}.test.ts',
  'tests/sso/guarded-fetch.test.ts',
  'tests/users/encodings.test.ts',
];

export default defineConfig({
  resolve,
  test: {
    globalSetup: ['tests/support/vitest-global.ts'],
    maxWorkers: 2,
    projects: [
      project('unit', { include: UNIT, setup: 'unit-file', order: 0 }),
      project('together', { include: ['tests/**/*.test.ts'], exclude: [...UNIT, ...ALONE], order: 0 }),
      project('alone', { include: ALONE, order: 1 }),
    ],
  },
});

type Files = { include: string[]; exclude?: string[]; setup?: string; order: number };

function project(name: string, { include, exclude, setup = 'vitest-file', order }: Files) {
  return {
    resolve,
    test: {
      name,
      include,
      exclude,
      sequence: { groupOrder: order },
      pool: 'forks' as const,
      retry: 0,
      allowOnly: false,
      setupFiles: [`tests/support/${setup}.ts`],
      testTimeout: 30_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 10_000, interval: 20 } },
    },
  };
}
