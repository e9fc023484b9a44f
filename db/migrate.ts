import path from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { runMigrations as migrateJobs } from 'graphile-worker';
import postgres from 'postgres';
import { InvalidEnv } from '@/lib/env';

const UNBOUND =
  'its role is a superuser, bypasses row security or owns the tables; use a plain role such as gatehouse_app';
/** The oldest server version that the tests run on. */
const OLDEST_SERVER = 15;
const migrationsFolder = path.join(process.cwd(), 'db/migrations');

/** Brings the database to this version as its owner and gives the application's role exactly what it needs. */
export async function migrate(ownerUrl: string, appUrl: string) {
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    await assertServerVersion(owner, 'DATABASE_OWNER_URL');
    await owner`select pg_advisory_lock(hashtext('gatehouse migrations'))`;
    await applyMigrations(drizzle(owner), { migrationsFolder });
    await migrateJobs({ connectionString: ownerUrl });
    await grant(owner, roleOf(appUrl));
  } finally {
    await owner.end();
  }
}

/** Throws InvalidEnv where the schema is not the one this version was built for. */
export async function assertMigrated(appUrl: string) {
  const app = postgres(appUrl, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    const wanted = readMigrationFiles({ migrationsFolder }).length;
    const [row] = await app`select count(*)::int as applied from drizzle.__drizzle_migrations`.catch(() => []);
    if (row?.applied !== wanted) {
      throw new InvalidEnv(
        'DATABASE_OWNER_URL',
        'the database is not at this version; set it to the owner’s connection so that start can migrate',
      );
    }
  } finally {
    await app.end();
  }
}

/** Throws InvalidEnv where the application's role could see past row security, or a tenant's table lacks it. */
export async function assertRoleIsBound(appUrl: string) {
  const app = postgres(appUrl, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    await assertServerVersion(app, 'DATABASE_URL');
    const [role] = await app`
      select rolsuper, rolbypassrls, rolcreaterole, exists (
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and pg_has_role(current_user, c.relowner, 'USAGE')) as owner
      from pg_roles where rolname = current_user`;
    if (!role || role.rolsuper || role.rolbypassrls || role.owner) {
      throw new InvalidEnv('DATABASE_URL', UNBOUND);
    }
    const open = await app`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`;
    if (open.length > 0) {
      throw new InvalidEnv(
        'DATABASE_URL',
        `row security is not forced on ${open.map((row) => row.relname).join(', ')}; run the migrations again as the owner`,
      );
    }
  } catch (error) {
    if (error instanceof InvalidEnv) throw error;
    throw new InvalidEnv(
      'DATABASE_URL',
      `the database does not answer (${error instanceof Error && 'code' in error ? error.code : 'no answer'}); start it or mend the address`,
    );
  } finally {
    await app.end();
  }
}

async function assertServerVersion(sql: postgres.Sql, variable: string) {
  const [row] = await sql<{ number: number; name: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as name`;
  if (row && row.number < OLDEST_SERVER * 10_000)
    throw new InvalidEnv(variable, `the server is Postgres ${row.name}; upgrade it to ${OLDEST_SERVER} or newer`);
}

function roleOf(url: string) {
  return decodeURIComponent(new URL(url).username);
}

async function grant(owner: postgres.Sql, role: string) {
  const [known] = await owner`select 1 from pg_roles where rolname = ${role}`;
  if (!known)
    throw new InvalidEnv(
      'DATABASE_URL',
      `the role ${role} does not exist; create it: create role ${role} login password '…'`,
    );
  const [bound] = await owner`
    select from pg_roles where rolname = ${role} and not rolsuper and not rolbypassrls
      and not pg_has_role(rolname, current_user, 'MEMBER')`;
  if (!bound) throw new InvalidEnv('DATABASE_URL', UNBOUND);
  const app = owner(role);
  await owner`grant usage on schema public, drizzle, graphile_worker to ${app}`;
  await owner`grant select on drizzle.__drizzle_migrations to ${app}`;
  await owner`grant select, insert, update, delete on all tables in schema public to ${app}`;
  await owner`grant execute on all functions in schema public to ${app}`;
  await owner`revoke update, delete, truncate on audit_events from ${app}`;
  await owner`revoke all on audit_heads from ${app}`;
  await owner`grant select on audit_heads to ${app}`;
  await owner`revoke delete on tenants from ${app}`;
  await grantJobs(owner, role);
}

/** The job queue closes its tables to everyone but their owner; the application's role is let in by name. */
async function grantJobs(owner: postgres.Sql, role: string) {
  const app = owner(role);
  await owner`grant select, insert, update, delete on all tables in schema graphile_worker to ${app}`;
  await owner`grant usage on all sequences in schema graphile_worker to ${app}`;
  await owner`grant execute on all functions in schema graphile_worker to ${app}`;
  const closed = await owner`
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'graphile_worker' and c.relkind = 'r' and c.relrowsecurity`;
  for (const { relname } of closed) {
    const table = owner(`graphile_worker.${relname}`);
    await owner`drop policy if exists application on ${table}`;
    await owner`create policy application on ${table} to ${app} using (true) with check (true)`;
  }
}
