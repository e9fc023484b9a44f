import path from 'node:path';
import type postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { describeSchema } from '@/db/adopt';
import { assertMigrated } from '@/db/check';
import { readFunctions } from '@/db/functions';
import { migrate } from '@/db/migrate';
import { InvalidEnv } from '@/lib/environment/invalid-env';
import { asOwner, emptyDatabase, oldDatabase } from '@/tests/support/old-database';

type Database = { ownerUrl: string; appUrl: string };

test('a fresh and an adopted database have the same schema and exactly the functions of the files', async () => {
  const [fresh, adopted] = [await emptyDatabase(), await oldDatabase()];
  for (const { ownerUrl, appUrl } of [fresh, adopted]) await migrate(ownerUrl, appUrl);
  expect(await schemaOf(adopted)).toEqual(await schemaOf(fresh));
  expect(await migrationsOf(adopted)).toEqual(await migrationsOf(fresh));
  const functions = await functionsOf(fresh);
  expect(await functionsOf(adopted)).toEqual(functions);
  expect(functions).toEqual(await functionsOfFiles(fresh));
  const names = readFunctions().files.map(({ name }) => path.basename(name));
  expect(functions.map(({ name }) => name)).toEqual(names.sort());
});

test('several starts at once migrate an empty or an older database once', async () => {
  for (const { ownerUrl, appUrl } of [await emptyDatabase(), await oldDatabase()]) {
    await Promise.all([1, 2, 3].map(() => migrate(ownerUrl, appUrl)));
    await assertMigrated(appUrl);
    const applied = await asOwner(
      ownerUrl,
      (sql) => sql`select created_at, count(*)::int as times from drizzle.__drizzle_migrations group by 1`,
    );
    expect(applied.every(({ times }) => times === 1)).toBe(true);
  }
});

test('a database of version 0.1.0 waits for its owner, and one that holds a reserved account ID keeps it', async () => {
  const { ownerUrl, appUrl } = await oldDatabase(`
    alter table tenants drop constraint tenants_slug_is_no_idn_label;
    insert into tenants (slug, account_id, name) values ('xn--caf-dma', 'xn--caf-dma', 'Café')`);
  await asOwner(
    ownerUrl,
    (sql) => sql`
      do $$ begin
        grant usage on schema drizzle to gatehouse_app;
        grant select on drizzle.__drizzle_migrations to gatehouse_app;
      end $$`,
  );
  await expect(assertMigrated(appUrl)).rejects.toThrow(/DATABASE_OWNER_URL.*not at this version/);
  await migrate(ownerUrl, appUrl);
  await assertMigrated(appUrl);
  const kept = await asOwner(ownerUrl, (sql) => sql`select name from tenants where slug = 'xn--caf-dma'`);
  expect(kept).toEqual([{ name: 'Café' }]);
});

describe('a database is left as it is and refused', () => {
  test('if it lacks one of the migrations before the baseline, naming the version to start first', async () => {
    const database = await oldDatabase('delete from drizzle.__drizzle_migrations where id = 25');
    const refusal = await refusedBy(database);
    expect(refusal.message).toMatch(/^DATABASE_OWNER_URL: .*install version 0\.1\.0 .*then start this version again/);
  });

  test.each([
    [
      'a missing constraint',
      'alter table sessions drop constraint sessions_token_form',
      /missing: constraint sessions/,
    ],
    ['another column', 'alter table users add column note text', /unexpected: column users\.note text/],
    ['another default', `alter table users alter role set default 'administrator'`, /missing: column users\.role/],
    ['a missing index', 'drop index users_by_name', /missing: index CREATE INDEX users_by_name/],
    ['a disabled trigger', 'alter table audit_events disable trigger audit_events_chain', /unexpected: trigger D/],
    ['no row security', 'alter table passwords no force row level security', /unexpected: table passwords/],
    ['a wider policy', 'create policy every on users using (true)', /unexpected: policy users\.every/],
    ['another table', 'create table notes (id int)', /unexpected: table notes/],
  ])('if its schema was changed by hand: %s', async (_, change, difference) => {
    const refusal = await refusedBy(await oldDatabase(change));
    expect(refusal.message).toMatch(/^DATABASE_OWNER_URL: the schema of this database was changed by hand; undo/);
    expect(refusal.message).toMatch(difference);
  });

  test('if a newer version has migrated it or changed its functions', async () => {
    const database = await emptyDatabase();
    await migrate(database.ownerUrl, database.appUrl);
    for (const change of [
      `update drizzle.functions set version = version + 1, digest = 'newer'`,
      'insert into drizzle.__drizzle_migrations (hash, created_at) values ($$newer$$, 9999999999999)',
    ]) {
      await asOwner(database.ownerUrl, (sql) => sql.unsafe(change));
      expect((await refusedBy(database)).message).toMatch(/a newer version of Gatehouse has migrated this database/);
      await expect(assertMigrated(database.appUrl)).rejects.toThrow(/a newer version of Gatehouse/);
    }
  });
});

test('functions of another build are replaced, those whose file is gone are dropped, and others stay', async () => {
  const database = await emptyDatabase();
  await migrate(database.ownerUrl, database.appUrl);
  const before = await functionsOf(database);
  await asOwner(database.ownerUrl, (sql) =>
    sql.unsafe(`
      create or replace function cleared_by(p_budget bytea) returns bytea[] language sql immutable as 'select null::bytea[]';
      create function removed_later() returns int language sql as 'select 1';
      create function of_the_administrator() returns int language sql as 'select 1';
      update drizzle.functions set digest = 'other', signatures = signatures || 'removed_later()'::text`),
  );
  await expect(assertMigrated(database.appUrl)).rejects.toThrow(/not at this version/);
  await migrate(database.ownerUrl, database.appUrl);
  await assertMigrated(database.appUrl);
  const after = await functionsOf(database);
  expect(after.filter(({ name }) => name !== 'of_the_administrator')).toEqual(before);
  expect(after.length).toBe(before.length + 1);
});

test('an upgrade that fails changes nothing', async () => {
  const database = await emptyDatabase();
  await migrate(database.ownerUrl, database.appUrl);
  // The view keeps the function from being dropped.
  await asOwner(database.ownerUrl, (sql) =>
    sql.unsafe(`
      create function removed_later() returns int language sql as 'select 1';
      create view of_the_administrator as select removed_later();
      update drizzle.functions set digest = 'other', signatures = signatures || 'removed_later()'::text`),
  );
  await expect(migrate(database.ownerUrl, database.appUrl)).rejects.toThrow(/removed_later/);
  const [kept] = await asOwner(database.ownerUrl, (sql) => sql`select digest from drizzle.functions`);
  expect(kept?.digest).toBe('other');
});

/** Returns the refusal of migrate, after checking that nothing in the database has changed. */
async function refusedBy(database: Database): Promise<InvalidEnv> {
  const before = [await schemaOf(database), await functionsOf(database)];
  const error = await migrate(database.ownerUrl, database.appUrl).catch((refused: unknown) => refused);
  expect([await schemaOf(database), await functionsOf(database)]).toEqual(before);
  if (error instanceof InvalidEnv) return error;
  throw error ?? new Error('it was migrated');
}

function schemaOf({ ownerUrl }: Database) {
  return asOwner(ownerUrl, (sql) => sql.begin((tx) => describeSchema(tx, 'public')));
}

function migrationsOf({ ownerUrl }: Database) {
  return asOwner(ownerUrl, (sql) => sql`select created_at from drizzle.__drizzle_migrations order by id`);
}

function functionsOf({ ownerUrl }: Database) {
  return asOwner(ownerUrl, definitions);
}

/**
 * Returns the functions as their files define them, each checked by the server against the tables.
 */
async function functionsOfFiles({ ownerUrl }: Database) {
  const undone = new Error('undone');
  let defined: Awaited<ReturnType<typeof definitions>> = [];
  const work = asOwner(ownerUrl, (sql) =>
    sql.begin(async (tx) => {
      await tx`set local search_path = public, pg_temp`;
      await tx`set local check_function_bodies = on`;
      for (const { text } of readFunctions().files) await tx.unsafe(text);
      defined = await definitions(tx);
      throw undone;
    }),
  );
  await expect(work).rejects.toBe(undone);
  return defined;
}

async function definitions(sql: postgres.Sql | postgres.TransactionSql) {
  const rows = await sql<{ name: string; definition: string }[]>`
    select proname as name, pg_get_functiondef(oid) as definition from pg_proc
    where pronamespace = 'public'::regnamespace order by proname collate "C", oid`;
  return rows.map(({ name, definition }) => ({ name, definition }));
}
