/** Promises one line of CSV. What a spreadsheet would reckon with is written as text, with an apostrophe before it (OWASP, CSV injection). Pure. */
export function csvLine(cells: readonly string[], separator = ',') {
  return `${cells.map((cell) => quoted(withoutFormula(cell))).join(separator)}\r\n`;
}

/** Promises a cell as it was before csvLine made it safe, trimmed. Pure. */
export function cellText(cell: string) {
  const text = cell.trim();
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

function withoutFormula(cell: string) {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

function quoted(cell: string) {
  return /[",;\t\r\n']|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
