import { expect } from 'vitest';
import { leftOfStep } from '@/tests/support/totp';

/** Promises that at least `ms` of the current 30 seconds are left, so that steps counted from now stay what they are. */
export async function earlyInStep(ms = 12_000) {
  await expect.poll(() => leftOfStep(), { timeout: 31_000, interval: 50 }).toBeGreaterThan(ms);
}
