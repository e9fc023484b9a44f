import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';
import { functionState, readFunction } from '@/db/functions';

const folder = path.join(process.cwd(), 'db/migrations');

export type Migration = { tag: string; when: number };

/**
 * How a database compares with this version. `adoptable`: all migrations before the baseline were
 * applied; `outdated`: only some of them were.
 */
export type SchemaState = 'none' | 'outdated' | 'adoptable' | 'older' | 'current' | 'newer';

/** Returns how the database's migrations and functions compare with this version's. */
export async function schemaState(sql: postgres.Sql): Promise<SchemaState> {
  const applied = await appliedMigrations(sql);
  const known = knownMigrations().map(({ when }) => when);
  const former = formerMigrations();
  const [baseline = 0] = known;
  if (![...known, ...former].some((when) => applied.has(when))) return 'none';
  if ([...applied].some((when) => !known.includes(when) && !former.includes(when))) return 'newer';
  if (!applied.has(baseline)) return former.every((when) => applied.has(when)) ? 'adoptable' : 'outdated';
  return known.every((when) => applied.has(when)) ? functionState(sql) : 'older';
}

/** Applies the migrations that the database does not have yet, in their order. */
export async function applyMigrations(tx: postgres.TransactionSql) {
  const rows = await tx<{ at: number }[]>`select created_at::float8 as at from drizzle.__drizzle_migrations`;
  const applied = new Set(rows.map(({ at }) => at));
  for (const migration of knownMigrations()) {
    if (applied.has(migration.when)) continue;
    await tx.unsafe(migrationText(migration));
    await recordMigration(tx, migration);
  }
}

/** Returns a migration's statements; a line `--> function <noun>/<name>` becomes that function. */
export function migrationText({ tag }: Migration) {
  return fileOf(tag).replace(/^--> function (\S+)$/gm, (_, name: string) => readFunction(name));
}

/** Records a migration as applied, in the table and form of drizzle-orm. */
export async function recordMigration(tx: postgres.TransactionSql, { tag, when }: Migration) {
  const hash = createHash('sha256').update(fileOf(tag)).digest('hex');
  await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${when})`;
}

/**
 * Records the migrations before the baseline in a new database, so that version 0.1.0 reports it as
 * newer.
 */
export async function recordFormerMigrations(tx: postgres.TransactionSql) {
  for (const when of formerMigrations())
    await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values ('before baseline', ${when})`;
}

/** Returns this version's migrations; the first one is the baseline. */
export function knownMigrations(): Migration[] {
  return JSON.parse(readFileSync(path.join(folder, 'meta/_journal.json'), 'utf8')).entries;
}

/** Returns when each migration before the baseline was made. */
function formerMigrations(): number[] {
  return JSON.parse(readFileSync(path.join(folder, 'meta/_before_baseline.json'), 'utf8'));
}

function fileOf(tag: string) {
  return readFileSync(path.join(folder, `${tag}.sql`), 'utf8');
}

async function appliedMigrations(sql: postgres.Sql) {
  try {
    const rows = await sql<{ at: number }[]>`select created_at::float8 as at from drizzle.__drizzle_migrations`;
    return new Set(rows.map(({ at }) => at));
  } catch (error) {
    // No schema, no table, no such column, or a table that belongs to another application.
    const isMissing = error instanceof Error && 'code' in error && /^(3F000|42P01|42703|42501)$/.test(`${error.code}`);
    if (isMissing) return new Set<number>();
    throw error;
  }
}
