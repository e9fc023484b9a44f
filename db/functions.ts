import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';

const folder = path.join(process.cwd(), 'db/functions');

/** The functions in force: one file each, and a version that increases with every change. */
export type FunctionFiles = { version: number; digest: string; files: { name: string; text: string }[] };

/**
 * Returns db/functions/<noun>/<name>.sql. Their version is the length of versions.json, which lists
 * the digest of each version.
 * @internal Exported for its test.
 */
export function readFunctions(): FunctionFiles {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((noun) => readdirSync(path.join(folder, noun.name)).map((file) => `${noun.name}/${file}`))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.replace(/\.sql$/, ''), text: readFunction(file.replace(/\.sql$/, '')) }));
  const versions: string[] = JSON.parse(readFileSync(path.join(folder, 'versions.json'), 'utf8'));
  const digest = createHash('sha256');
  for (const { name, text } of files) digest.update(`${name}\0${text}\0`);
  return { version: versions.length, digest: digest.digest('hex'), files };
}

/** Returns the text of one function, named as `<noun>/<name>`. */
export function readFunction(name: string) {
  return readFileSync(path.join(folder, `${name}.sql`), 'utf8');
}

/** Returns how the functions in a database compare with the files. */
export async function functionState(sql: postgres.Sql): Promise<'older' | 'current' | 'newer'> {
  const [recorded] = await sql<{ version: number; digest: string }[]>`select version, digest from drizzle.functions`;
  const { version, digest } = readFunctions();
  if (recorded?.digest === digest) return 'current';
  return recorded && recorded.version > version ? 'newer' : 'older';
}

/** Creates or replaces every function, drops those whose file is gone, and records the result. */
export async function applyFunctions(tx: postgres.TransactionSql) {
  const { version, digest, files } = readFunctions();
  // A function may call one that is created after it.
  await tx`set local check_function_bodies = off`;
  for (const { text } of files) await tx.unsafe(text);
  // Only functions that this transaction has written have its number.
  const written = await tx<{ signature: string }[]>`
    select oid::regprocedure::text as signature from pg_proc
    where pronamespace = current_schema()::regnamespace and xmin = pg_current_xact_id()::xid`;
  const signatures = written.map(({ signature }) => signature);
  const [recorded] = await tx<{ signatures: string[] }[]>`delete from drizzle.functions returning signatures`;
  for (const former of recorded?.signatures ?? [])
    if (!signatures.includes(former)) await tx.unsafe(`drop function if exists ${former}`);
  await tx`insert into drizzle.functions (version, digest, signatures) values (${version}, ${digest}, ${signatures})`;
}
