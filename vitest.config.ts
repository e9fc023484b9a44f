import path from 'node:path';
import { defineConfig } from 'vitest/config';

const resolve = { alias: { '@': path.resolve(import.meta.dirname) } };

// What measures a whole machine has it to itself, after everything else.
const ALONE = ['tests/attack/crowd.test.ts'];

export default defineConfig({
  resolve,
  test: {
    globalSetup: ['tests/support/vitest-global.ts'],
    maxWorkers: 2,
    projects: [
      project('together', { include: ['tests/**/*.test.ts'], exclude: ALONE, sequence: { groupOrder: 0 } }),
      project('alone', { include: ALONE, sequence: { groupOrder: 1 } }),
    ],
  },
});

function project(name: string, which: { include: string[]; exclude?: string[]; sequence: { groupOrder: number } }) {
  return {
    resolve,
    test: {
      name,
      ...which,
      pool: 'forks' as const,
      retry: 0,
      allowOnly: false,
      setupFiles: ['tests/support/vitest-file.ts'],
      testTimeout: 30_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 10_000, interval: 20 } },
    },
  };
}
