import { expect } from 'vitest';
import { median } from '@/tests/support/median';

/**
 * Fails where the medians of two samples lie more than `gap` milliseconds apart and chance does not explain it. Of a
 * thousand runs in which nothing differs one fails: a busy machine moves a median of sixty by ten milliseconds and more.
 */
export function expectAlike(one: number[] = [], other: number[] = [], gap = 5) {
  const apart = Math.abs(median(one) - median(other));
  const chance = likelihood(one, other);
  expect(apart < gap || chance > 0.001, `medians ${apart.toFixed(1)} ms apart, p = ${chance.toFixed(5)}`).toBe(true);
}

/** Mann-Whitney U, two-sided, by the normal approximation. */
function likelihood(one: number[], other: number[]) {
  const wins = one.reduce((sum, a) => sum + other.reduce((inner, b) => inner + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  const [n, m] = [one.length, other.length];
  const z = Math.abs(wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  return Math.min(1, 2 * Math.exp(-0.717 * z - 0.416 * z * z));
}
