import postgres from 'postgres';
import { connectionProblem, type UrlVariable } from '@/db/connection-problem';
import { schemaState } from '@/db/migrations';
import { InvalidEnv } from '@/lib/environment/invalid-env';

export const UNBOUND =
  'its role is a superuser, bypasses row security or owns the tables; use a plain role such as gatehouse_app';

/** The oldest server version that the tests run on. */
const OLDEST_SERVER = 15;

/**
 * Calls `work` on one connection of its own. Throws InvalidEnv where the connection itself is at
 * fault.
 */
export async function connected<Value>(
  variable: UrlVariable,
  url: string,
  work: (sql: postgres.Sql) => Promise<Value>,
) {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    await assertServerVersion(sql, variable);
    return await work(sql);
  } catch (error) {
    throw await connectionProblem(variable, url, error);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function assertServerVersion(sql: postgres.Sql, variable: UrlVariable) {
  const [row] = await sql<{ number: number; name: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as name`;
  if (row && row.number < OLDEST_SERVER * 10_000)
    throw new InvalidEnv(variable, `the server is Postgres ${row.name}; upgrade it to ${OLDEST_SERVER} or newer`);
}

/**
 * Throws InvalidEnv unless the application's role is bound and the database is Gatehouse's, at this
 * version.
 */
export async function assertDatabase(appUrl: string) {
  await assertRoleIsBound(appUrl);
  await assertMigrated(appUrl);
}

/** Throws InvalidEnv where the schema is not the one this version was built for. */
export async function assertMigrated(appUrl: string) {
  await connected('DATABASE_URL', appUrl, async (sql) => {
    const state = await schemaState(sql);
    if (state === 'newer') throw newerSchema('DATABASE_URL');
    if (state === 'none')
      throw new InvalidEnv(
        'DATABASE_URL',
        'this database is empty or belongs to another application; fix the address, or set DATABASE_OWNER_URL to the owner’s connection so that start can create the tables',
      );
    if (state === 'outdated') throw outdatedSchema('DATABASE_URL');
    if (state !== 'current')
      throw new InvalidEnv(
        'DATABASE_OWNER_URL',
        'the database is not at this version; set it to the owner’s connection so that start can migrate',
      );
  });
}

/** The error for a program that is older than the database. */
export function newerSchema(variable: UrlVariable) {
  return new InvalidEnv(
    variable,
    'a newer version of Gatehouse has migrated this database; install that version or a later one',
  );
}

/** The error for a database that lacks migrations which this version no longer has. */
export function outdatedSchema(variable: UrlVariable) {
  return new InvalidEnv(
    variable,
    'this database is older than version 0.2.0 can upgrade; install version 0.1.0 (tag v0.1.0), start it once with DATABASE_OWNER_URL so that it completes the database, then start this version again',
  );
}

/**
 * Throws InvalidEnv where the application's role could see past row security, or a tenant's table
 * lacks it.
 */
export async function assertRoleIsBound(appUrl: string) {
  await connected('DATABASE_URL', appUrl, async (sql) => {
    const [role] = await sql`
      select rolsuper, rolbypassrls, exists (
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and pg_has_role(current_user, c.relowner, 'USAGE')) as owner
      from pg_roles where rolname = current_user`;
    if (!role || role.rolsuper || role.rolbypassrls || role.owner) throw new InvalidEnv('DATABASE_URL', UNBOUND);
    const open = await sql`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`;
    if (open.length > 0) {
      throw new InvalidEnv(
        'DATABASE_URL',
        `row security is not forced on ${open.map((row) => row.relname).join(', ')}; run the migrations again as the owner`,
      );
    }
  });
}
