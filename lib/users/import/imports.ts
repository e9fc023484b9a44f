import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { importLines, imports } from '@/db/schema/user-administration';
import { readId } from '@/lib/ids';
import type { Tenant } from '@/lib/tenants/tenants';
import type { Verdict } from '@/lib/users/import/check';

export type Import = NonNullable<Awaited<ReturnType<typeof findImport>>>;

/** Returns an import with its state and counts, or undefined. */
export async function findImport(tenant: Tenant, importId: string) {
  const id = readId(importId);
  if (!id) return undefined;
  const [row] = await withTenant(tenant.id, (tx) => tx.select().from(imports).where(isImport(tenant.id, id)));
  return row;
}

/** Returns the ten latest imports. */
export async function listRecentImports(tenant: Tenant) {
  return withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: imports.id,
        fileName: imports.fileName,
        state: imports.state,
        total: imports.total,
        counts: imports.counts,
        createdAt: imports.createdAt,
      })
      .from(imports)
      .where(eq(imports.tenantId, tenant.id))
      .orderBy(desc(imports.createdAt))
      .limit(10),
  );
}

/**
 * Returns the lines of an import after line `after` with their verdicts; only those of `verdict`,
 * if given.
 */
export async function listImportLines(
  tenant: Tenant,
  importId: string,
  { verdict, after = 0, limit = 50 }: { verdict?: Verdict; after?: number; limit?: number } = {},
) {
  return withTenant(tenant.id, (tx) =>
    tx
      .select({
        line: importLines.line,
        cells: importLines.cells,
        verdict: importLines.verdict,
        reasons: importLines.reasons,
        user: importLines.person,
        userId: importLines.userId,
      })
      .from(importLines)
      .where(
        and(
          eq(importLines.tenantId, tenant.id),
          eq(importLines.importId, importId),
          gt(importLines.line, after),
          verdict ? eq(importLines.verdict, verdict) : undefined,
        ),
      )
      .orderBy(asc(importLines.line))
      .limit(limit),
  );
}

/** Locks and returns an import, or undefined. */
export async function lockImport(tx: Tx, tenantId: string, id: string) {
  const [row] = await tx.select().from(imports).where(isImport(tenantId, id)).for('update');
  return row;
}

/** Returns the condition under which a row of `imports` is this import. */
export function isImport(tenantId: string, id: string) {
  return and(eq(imports.tenantId, tenantId), eq(imports.id, id));
}
