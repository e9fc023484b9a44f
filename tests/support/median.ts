/** Returns the value in the middle, the upper of two; NaN of none. */
export function median(values: number[] = []) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
