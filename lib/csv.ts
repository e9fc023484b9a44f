type Cell = string | number | boolean | null | undefined;

/** The places within a cell where a spreadsheet could begin another one with a formula. */
const INNER_FORMULA = /([,;|\t\r\n]\s*)(?=[=+\-@＝＋－＠])/gu;
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/**
 * Returns one line of a CSV file (RFC 4180), with its line end. What a spreadsheet would read as a
 * formula gets an apostrophe before it, also within a cell after a character that some spreadsheets
 * separate cells by (OWASP, CSV injection). Pure.
 */
export function csvLine(cells: readonly Cell[]) {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** Returns a cell without the apostrophes that csvLine has added. Pure. */
export function withoutApostrophes(cell: string) {
  const whole = /^'\s*[=+\-@＝＋－＠]/u.test(cell) ? cell.slice(1) : cell;
  return whole.replace(/([,;|\t\r\n]\s*)'(?=[=+\-@＝＋－＠])/gu, '$1');
}

function cellOf(value: Cell) {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const inner = value.trimStart().replace(INNER_FORMULA, "$1'");
  const whole = value.slice(0, value.length - value.trimStart().length) + inner;
  const safe = FORMULA.test(value) ? `'${whole}` : whole;
  return /[",;|\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
