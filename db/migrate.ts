import { runMigrations as migrateJobs } from 'graphile-worker';
import type postgres from 'postgres';
import { adopt } from '@/db/adopt';
import { connected, newerSchema, outdatedSchema, UNBOUND } from '@/db/check';
import { applyFunctions } from '@/db/functions';
import { applyMigrations, recordFormerMigrations, type SchemaState, schemaState } from '@/db/migrations';
import { InvalidEnv } from '@/lib/environment/invalid-env';
import { queueUrl } from '@/lib/environment/queue-url';

/**
 * Brings the database to this version as its owner and grants the application's role what it needs.
 * Throws InvalidEnv, before it changes anything, for a database of a newer version or of another
 * application, and for one that cannot be upgraded.
 */
export async function migrate(ownerUrl: string, appUrl: string) {
  await connected('DATABASE_OWNER_URL', ownerUrl, async (owner) => {
    await owner`select pg_advisory_lock(hashtext('gatehouse migrations'))`;
    const state = await schemaState(owner);
    if (state === 'newer') throw newerSchema('DATABASE_OWNER_URL');
    if (state === 'outdated') throw outdatedSchema('DATABASE_OWNER_URL');
    if (state === 'none') await assertEmpty(owner);
    if (state !== 'current') await owner.begin((tx) => upgrade(tx, state));
    await migrateJobs({ connectionString: queueUrl(ownerUrl) });
    await grant(owner, roleOf(appUrl));
  });
}

/** Applies what is missing in one transaction: all of it, or nothing. */
async function upgrade(tx: postgres.TransactionSql, state: SchemaState) {
  await tx.unsafe(`
    create schema if not exists drizzle;
    create table if not exists drizzle.__drizzle_migrations (
      id serial primary key, hash text not null, created_at bigint);
    create table if not exists drizzle.functions (
      version integer not null, digest text not null, signatures text[] not null);
    set local search_path = public, pg_temp`);
  if (state === 'none') await recordFormerMigrations(tx);
  if (state === 'adoptable') await adopt(tx);
  await applyMigrations(tx);
  await applyFunctions(tx);
}

async function assertEmpty(owner: postgres.Sql) {
  const foreign = await owner`
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e') limit 1`;
  if (foreign.length > 0)
    throw new InvalidEnv(
      'DATABASE_OWNER_URL',
      'this database holds tables of another application; fix the address, or create an empty database for Gatehouse',
    );
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
  await owner`grant select on drizzle.__drizzle_migrations, drizzle.functions to ${app}`;
  await owner`grant select, insert, update, delete on all tables in schema public to ${app}`;
  await owner`grant execute on all functions in schema public to ${app}`;
  await owner`revoke update, delete, truncate on audit_events from ${app}`;
  await owner`revoke all on audit_heads from ${app}`;
  await owner`grant select on audit_heads to ${app}`;
  await owner`revoke delete on tenants from ${app}`;
  await owner`revoke update, delete, truncate on key_checks from ${app}`;
  await grantTenantColumns(owner, role);
  await grantJobs(owner, role);
}

/**
 * A tenant's id, state and the moments of its deletion are set by the database's own functions
 * alone.
 */
async function grantTenantColumns(owner: postgres.Sql, role: string) {
  const columns = await owner<{ name: string }[]>`
    select column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = 'tenants'
      and column_name not in ('id', 'status', 'suspended_at', 'exported_at', 'delete_after')`;
  await owner`revoke update on tenants from ${owner(role)}`;
  await owner`grant update (${owner(columns.map(({ name }) => name))}) on tenants to ${owner(role)}`;
}

/**
 * The job queue closes its tables to everyone but their owner; the application's role is let in by
 * name.
 */
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
