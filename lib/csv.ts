/**
 * Returns one line of a CSV file (RFC 4180), with its line end. A cell that a spreadsheet would
 * read as a formula gets an apostrophe before it (OWASP, CSV injection). Pure.
 */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]) {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | boolean | null | undefined) {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = typeof value === 'string' && /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
