/**
 * One line of what is printed. `ratio` is against the peer measured beside it; `met` is absent
 * where nothing is promised.
 */
export type Row = { measure: string; value: string; peer?: string; ratio?: number; target?: string; met?: boolean };

/** Returns the rows as a table for a terminal. */
export function tableOf(rows: Row[]) {
  const cells = [
    ['measure', 'value', 'beside it', 'ratio', 'target', ''],
    ...rows.map((row) => [
      row.measure,
      row.value,
      row.peer ?? '',
      row.ratio?.toFixed(2) ?? '',
      row.target ?? '',
      row.met === undefined ? '' : row.met ? 'met' : 'not met',
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function median(values: number[]) {
  return percentile(values, 50);
}

/** Returns the value that `share` per cent of the values do not exceed. */
export function percentile(values: number[], share: number) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * share) / 100) - 1)] ?? Number.NaN;
}

export const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const perSecond = (value: number) => `${value.toFixed(1)}/s`;
export const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
