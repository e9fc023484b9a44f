import { expect } from 'vitest';
import { minutes, seconds } from '@/lib/time';

/**
 * The shortest window that requests of an address are counted in; every other one ends with one of
 * these.
 */
const WINDOW = minutes(15);

/**
 * Waits until at least `ms` of the current window are left: what is counted from now is counted
 * in one.
 */
export async function earlyInWindow(ms: number) {
  const left = () => WINDOW - (Date.now() % WINDOW);
  await expect.poll(left, { timeout: ms + seconds(1), interval: 50 }).toBeGreaterThan(ms);
}
