import postgres from 'postgres';
import type { Embedded } from '@/db/embedded';
import { migrate } from '@/db/migrate';

const TENANTS = 10_000;
const USERS = 100_000;
const BATCH = 100_000;

/** Returns whose the n-th session is, and its token. */
export function sessionAt(n: number) {
  return { tenant: `b${n % TENANTS}`, token: `s${String(n).padStart(42, '0')}` };
}

/** The look-up as the product has it, and as it is where row security does not bind it. */
export const LOOK_UP = 'select find_session($1, null, $2, false, null) as found';
export const UNBOUND_LOOK_UP = LOOK_UP.replace('find_session', 'find_session_unbound');

/** What `find_session` reads, as a join: for a role that row security does not bind. */
export const UNBOUND_JOIN = `
  select t.id, t.slug, t.account_id, t.name, t.domain, t.status, t.locale, t.time_zone, t.entitlements,
    p.second_factor, p.reset_style, p.password_min_length, p.idle_minutes, p.absolute_minutes,
    s.id as session, s.factor, s.created_at, s.last_seen_at, s.absolute_until,
    u.id as person, u.username, u.extension, u.first_name, u.last_name, u.email, u.role, u.locale as own_locale, u.time_zone as own_zone
  from tenants t
  join policies p on p.tenant_id = t.id
  join sessions s on s.tenant_id = t.id
  join users u on u.tenant_id = t.id and u.id = s.user_id
  where t.slug = $1 and s.token_hash = $2 and t.status = 'active' and u.status = 'active' and s.absolute_until > now()
    and s.last_seen_at > now() - make_interval(mins => p.idle_minutes, secs => 60)`;

/**
 * Returns the addresses of two more databases of the same server, each with 10,000 tenants: one
 * with few sessions, one with many.
 */
export async function fillDatabases(embedded: Embedded, few: number, many: number) {
  const small = await createDatabase(embedded, 'bench_few');
  await migrate(small.ownerUrl, small.appUrl);
  await on(small.adminUrl, async (sql) => {
    await addTenants(sql);
    await addSessions(sql, 1, few);
    await addUnbound(sql);
  });
  const large = await createDatabase(embedded, 'bench_many', 'bench_few');
  await on(large.adminUrl, (sql) => addSessions(sql, few + 1, many));
  return { small, large };
}

/** Returns the addresses of one more database of the same server. */
export async function createDatabase(embedded: Embedded, name: string, template = 'template1') {
  await on(embedded.adminUrl, async (sql) => {
    await sql.unsafe(`create database ${name} owner gatehouse_owner template ${template}`);
    await sql.unsafe(`grant connect on database ${name} to gatehouse_app`);
  });
  const [adminUrl, ownerUrl, appUrl] = [embedded.adminUrl, embedded.ownerUrl, embedded.appUrl].map((url) => {
    const made = new URL(url);
    made.pathname = `/${name}`;
    return made.href;
  });
  return { adminUrl: adminUrl ?? '', ownerUrl: ownerUrl ?? '', appUrl: appUrl ?? '' };
}

/** Returns what `work` returns, as the superuser and with triggers and foreign keys off. */
export async function on<Value>(url: string, work: (sql: postgres.Sql) => Promise<Value>) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    // Rows are right by themselves: a million look-ups of what they refer to would take most of the
    // time.
    await sql`set session_replication_role = replica`;
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function addTenants(sql: postgres.Sql) {
  await sql`
    insert into tenants (id, slug, account_id, name)
    select md5('t' || n)::uuid, 'b' || n, 'b' || n, 'Company ' || n from generate_series(0, ${TENANTS - 1}::int) n`;
  await sql`insert into policies (tenant_id) select id from tenants`;
  await sql`
    insert into users (tenant_id, id, username, first_name, last_name)
    select md5('t' || n % ${TENANTS})::uuid, md5('u' || n)::uuid, 'person' || n, 'Robin', 'Achterberg'
    from generate_series(0, ${USERS - 1}::int) n`;
}

async function addSessions(sql: postgres.Sql, first: number, last: number) {
  for (let from = first; from <= last; from += BATCH) {
    await sql`
      insert into sessions (tenant_id, token_hash, user_id, address, user_agent, absolute_until)
      select md5('t' || n % ${TENANTS})::uuid, sha256(convert_to('s' || lpad(n::text, 42, '0'), 'UTF8')),
        md5('u' || n % ${USERS})::uuid, '127.0.0.1', 'Mozilla/5.0 (X11; Linux x86_64)', now() + interval '1 day'
      from generate_series(${from}::int, ${Math.min(from + BATCH - 1, last)}::int) n`;
  }
  await sql`vacuum analyze`;
}

/**
 * Adds a copy that runs as a role which row security does not bind. The role is not a superuser,
 * because Postgres does not check a superuser's rights at all.
 */
async function addUnbound(sql: postgres.Sql) {
  const [row] = await sql`select pg_get_functiondef('find_session'::regproc) as text`;
  await sql.unsafe(String(row?.text).replace('public.find_session(', 'public.find_session_unbound('));
  await sql.unsafe('create role bench_unbound bypassrls');
  await sql.unsafe('grant all on schema public to bench_unbound');
  await sql.unsafe('grant all on all tables in schema public to bench_unbound');
  await sql.unsafe('alter function find_session_unbound owner to bench_unbound');
}
