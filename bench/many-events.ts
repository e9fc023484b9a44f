import type postgres from 'postgres';
import { createDatabase, on } from '@/bench/many-sessions';
import type { Embedded } from '@/db/embedded';
import { migrate } from '@/db/migrate';

const BATCH = 500_000;
const PEOPLE = 2000;

/** The tenant whose trail is long. */
export const CHAIN = '10000000-0000-4000-8000-000000000001';

export function personAt(n: number) {
  return `20000000-0000-4000-8000-${String(n % PEOPLE).padStart(12, '0')}`;
}

/**
 * What happens there: mostly sign-ins, and now and then something rare. All from one of a thousand
 * addresses, half of it from the office.
 */
const EVENT = `case when n % 1000003 = 0 then 'user_disable' when n % 5000 = 0 then 'policy_update'
  when n % 10 = 0 then 'authn_login_fail' when n % 3 = 0 then 'authn_logout' else 'authn_login_success' end`;

/**
 * Returns the address of one more database of the same server, in which one trail has so many
 * events of the last 400 days.
 */
export async function fillTrail(embedded: Embedded, events: number, tell: (done: number) => void) {
  const urls = await createDatabase(embedded, 'bench_audit');
  await migrate(urls.ownerUrl, urls.appUrl);
  await on(urls.adminUrl, async (sql) => {
    await sql`insert into tenants (id, slug, account_id, name) values (${CHAIN}, 'long-trail', 'long-trail', 'Long Trail')`;
    await sql`insert into policies (tenant_id) values (${CHAIN})`;
    await sql`
      insert into users (tenant_id, id, username, first_name, last_name)
      select ${CHAIN}, ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'person' || n, 'Robin', 'Achterberg' || n
      from generate_series(0, ${PEOPLE - 1}::int) n`;
    // Indexes are made once over all of it: row by row they would take most of the time.
    const indexes = await sql<{ name: string; made: string }[]>`
      select indexname as name, indexdef as made from pg_indexes where tablename = 'audit_events'`;
    await sql`alter table audit_events drop constraint audit_events_tenant_id_seq_pk`;
    for (const { name } of indexes) await sql.unsafe(`drop index if exists ${name}`);
    for (let from = 1; from <= events; from += BATCH) {
      await addEvents(sql, from, Math.min(from + BATCH - 1, events), events);
      tell(Math.min(from + BATCH - 1, events));
    }
    await sql`set maintenance_work_mem = '512MB'`;
    for (const { made } of indexes) await sql.unsafe(made);
    await sql.unsafe('vacuum analyze audit_events');
  });
  return urls;
}

async function addEvents(sql: postgres.Sql, from: number, to: number, of: number) {
  await sql.unsafe(`
    insert into audit_events (tenant_id, seq, at, event, actor_id, subject_id, address, request_id, detail, key_id, previous_mac, mac)
    select '${CHAIN}', n, now() - interval '400 days' * (1 - n / ${of}.0), ${EVENT}, person, person,
      case when n % 2 = 0 then '203.0.113.1' else '198.51.' || n % 10 || '.' || n % 100 end,
      'request', '{"factor":"totp"}', 'k1', '\\x00', '\\x00'
    from (select n, ('20000000-0000-4000-8000-' || lpad((n % ${PEOPLE})::text, 12, '0'))::uuid as person
      from generate_series(${from}::bigint, ${to}::bigint) n) numbers`);
}
