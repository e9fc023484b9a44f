import { createHash } from 'node:crypto';
import { statementIn, type Tx, withTenantAtLength } from '@/db';
import { imports } from '@/db/schema/user-administration';
import type { Cause } from '@/lib/audit/record';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import { isSecretColumn } from '@/lib/users/import/columns';
import { type CsvLine, type ReadOptions, readCsv } from '@/lib/users/import/read';

const LINES_PER_STATEMENT = 1000;
const DEADLINE = seconds(60);

/**
 * Stores the lines of a file until its columns are mapped, without secrets; changes no user. Fails
 * at `file` with `no-file`, and as readCsv does.
 */
export async function uploadFile(tenant: Tenant, file: { name: string; bytes: Buffer } & ReadOptions, cause: Cause) {
  if (file.bytes.length === 0) return failure('no-file', { field: 'file' });
  const read = await readCsv(file.bytes, file);
  if (!read.ok) return { ...read, field: read.error === 'header-missing' ? 'firstLine' : 'file' };
  const digest = createHash('sha256').update(file.bytes).digest();
  const { header, encoding } = read;
  const lines = withoutSecrets(header, read.lines);
  return withTenantAtLength(tenant.id, DEADLINE, async (tx) => {
    const [row] = await tx
      .insert(imports)
      .values({
        tenantId: tenant.id,
        byUser: cause.actorId,
        fileName: storableName(file.name),
        digest,
        header,
        total: lines.length,
      })
      .returning({ id: imports.id });
    if (!row) throw new Error('no import was made');
    await storeLines(tx, tenant.id, row.id, lines);
    return { ok: true, id: row.id, encoding } as const;
  });
}

/** Empties the cells of columns that hold secrets; the others keep their places. */
function withoutSecrets(header: string[], lines: CsvLine[]): CsvLine[] {
  const secret = header.map(isSecretColumn);
  if (!secret.includes(true)) return lines;
  return lines.map(({ line, cells }) => ({ line, cells: cells.map((cell, at) => (secret[at] ? '' : cell)) }));
}

function storableName(name: string) {
  return [...name.replace(/\p{C}/gu, '')].slice(-120).join('') || 'users.csv';
}

async function storeLines(tx: Tx, tenantId: string, importId: string, lines: CsvLine[]) {
  for (let at = 0; at < lines.length; at += LINES_PER_STATEMENT) {
    await statementIn(
      tx,
      `insert into import_lines (tenant_id, import_id, line, cells)
       select $1::uuid, $2::uuid, line, cells from json_to_recordset($3::text::json) as x(line int, cells jsonb)
       on conflict do nothing`,
      [tenantId, importId, JSON.stringify(lines.slice(at, at + LINES_PER_STATEMENT))],
    );
  }
}
