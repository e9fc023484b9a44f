import { expect } from 'vitest';
import { STEP } from '@/tests/support/totp';

/**
 * Waits until at least 5 of the current 30 seconds are left: a code sent now is looked at in the
 * step that it was made in.
 */
export async function earlyInStep() {
  await expect.poll(() => STEP - (Date.now() % STEP), { timeout: 6_000, interval: 50 }).toBeGreaterThan(5_000);
}
