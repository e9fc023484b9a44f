import postgres from 'postgres';

let client: postgres.Sql | undefined;

/**
 * The superuser of the test's database: row security does not bind it, so a test can see and age
 * everything.
 */
export function admin() {
  client ??= postgres(process.env.TEST_ADMIN_URL ?? '', { max: 2, onnotice: () => {}, idle_timeout: 1 });
  return client;
}

/**
 * Moves every time of the rows of a table into the past, as if `seconds` had gone by for them.
 * `where` is SQL of ours.
 */
export async function age(table: string, seconds: number, where = 'true') {
  const columns = await admin()`
    select column_name from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and data_type = 'timestamp with time zone'`;
  const sets = columns.map(({ column_name: name }) => `${name} = ${name} - make_interval(secs => ${seconds})`);
  await admin().unsafe(`update ${table} set ${sets.join(', ')} where ${where}`);
}
