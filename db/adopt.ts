import type postgres from 'postgres';
import { knownMigrations, migrationText, recordMigration } from '@/db/migrations';
import { InvalidEnv } from '@/lib/environment/invalid-env';

const EXPECTED = 'gatehouse_expected';

/** Left by earlier versions for instances that ran beside newer ones; nothing calls them. */
const OBSOLETE_FUNCTIONS = `
  drop function if exists begin_sign_in(uuid, text, text, bytea, bytea, text, integer, integer);
  drop function if exists complete_sign_in(uuid, uuid, bytea, text, text, text, bytea, uuid, text, text, text);
  drop function if exists complete_together(uuid, uuid[], json, integer, integer);
  drop function if exists use_password(uuid, uuid, timestamptz, bytea, text, integer, integer);`;

/** Left out by earlier versions if a tenant had such an account ID already. */
const OPTIONAL = /^constraint tenants\.tenants_slug_is_no_idn_label /;

/**
 * Records the baseline as applied to a database that all earlier migrations were applied to. Throws
 * InvalidEnv if its schema differs from the baseline's. Takes no lock on its tables.
 */
export async function adopt(tx: postgres.TransactionSql) {
  const [baseline] = knownMigrations();
  if (!baseline) throw new Error('the journal has no migration');
  await tx.unsafe(`create schema ${EXPECTED}; set local search_path = ${EXPECTED}`);
  await tx.unsafe(migrationText(baseline));
  const expected = await describeSchema(tx, EXPECTED);
  const found = await describeSchema(tx, 'public');
  await tx.unsafe(`set local search_path = public, pg_temp; drop schema ${EXPECTED} cascade`);
  assertSame(expected, found);
  await tx.unsafe(OBSOLETE_FUNCTIONS);
  await recordMigration(tx, baseline);
}

function assertSame(expected: string[], found: string[]) {
  const missing = expected.filter((line) => !found.includes(line) && !OPTIONAL.test(line));
  const unexpected = found.filter((line) => !expected.includes(line));
  const differences = [
    ...missing.map((line) => `missing: ${line}`),
    ...unexpected.map((line) => `unexpected: ${line}`),
  ];
  if (differences.length === 0) return;
  const more = differences.length > 6 ? `; and ${differences.length - 6} more` : '';
  throw new InvalidEnv(
    'DATABASE_OWNER_URL',
    `the schema of this database was changed by hand; undo these differences, then start again: ${differences.slice(0, 6).join('; ')}${more}`,
  );
}

/**
 * Returns one line for each table, column, constraint, index, trigger and policy of a schema,
 * without parentheses: Postgres writes others once a dump was restored.
 * @internal Exported for its test.
 */
export async function describeSchema(tx: postgres.TransactionSql, schema: string) {
  // With nothing else on the path, Postgres writes every name with its schema.
  await tx`set local search_path = pg_catalog`;
  const rows = await tx.unsafe<{ line: string }[]>(DESCRIPTION, [schema]);
  return rows.map(({ line }) => line.replaceAll(`${schema}.`, '').replace(/[()]/g, '').replace(/\s+/g, ' ')).sort();
}

const DESCRIPTION = `
  with t as (
    select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  )
  select format('table %s %s %s row security %s %s', relname, relkind, relpersistence,
      relrowsecurity, relforcerowsecurity) as line from t
  union all
  select format('column %s.%s %s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod),
      attcollation::regcollation, attnotnull, attgenerated, pg_get_expr(adbin, adrelid))
    from t join pg_attribute a on a.attrelid = t.oid and attnum > 0 and not attisdropped
    left join pg_attrdef d on d.adrelid = t.oid and d.adnum = attnum
  union all
  select format('constraint %s.%s %s', relname, conname, pg_get_constraintdef(k.oid))
    from t join pg_constraint k on k.conrelid = t.oid where contype in ('p', 'u', 'f', 'c', 'x')
  union all
  select format('index %s %s', pg_get_indexdef(indexrelid), indisvalid)
    from t join pg_index i on i.indrelid = t.oid
  union all
  select format('trigger %s %s', tgenabled, pg_get_triggerdef(g.oid))
    from t join pg_trigger g on g.tgrelid = t.oid where not tgisinternal
  union all
  select format('rule %s', pg_get_ruledef(r.oid)) from t join pg_rewrite r on r.ev_class = t.oid
  union all
  select format('policy %s.%s %s %s %s using %s check %s', relname, polname, polcmd, polpermissive,
      polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    from t join pg_policy p on p.polrelid = t.oid`;
