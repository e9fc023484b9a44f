import type { ReactNode } from 'react';

type Column = { key: string; label: string; end?: boolean };
export type Row = { id: string; cells: Record<string, ReactNode> };

/*
 * `display: flex` on a phone takes a table's own roles away from assistive technology, so each is
 * spelled out.
 */
const ROLE = {
  table: { role: 'table' },
  group: { role: 'rowgroup' },
  row: { role: 'row' },
  heading: { role: 'columnheader' },
  rowHeading: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const;

type Props = { caption: string; columns: Column[]; rows: Row[]; empty?: ReactNode };

export function DataTable({ caption, columns, rows, empty }: Props) {
  if (rows.length === 0 && empty) return empty;
  return (
    <div className="table-frame">
      <table className="table" {...ROLE.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead {...ROLE.group}>
          <tr {...ROLE.row}>
            {columns.map((column) =>
              column.label ? (
                <th key={column.key} scope="col" {...ROLE.heading} className={column.end ? 'end' : undefined}>
                  {column.label}
                </th>
              ) : (
                <td key={column.key} {...ROLE.cell} />
              ),
            )}
          </tr>
        </thead>
        <tbody {...ROLE.group}>
          {rows.map((row) => (
            <tr key={row.id} {...ROLE.row}>
              {columns.map((column, index) => cell(column, row, index === 0))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cell(column: Column, row: Row, first: boolean) {
  const content = row.cells[column.key];
  if (first) {
    return (
      <th key={column.key} scope="row" {...ROLE.rowHeading}>
        {content}
      </th>
    );
  }
  return (
    <td
      key={column.key}
      {...ROLE.cell}
      data-label={column.label || undefined}
      className={column.end ? 'end' : undefined}
    >
      {content}
    </td>
  );
}
