import { startChild } from '@/bench/child';
import type { Answer, Question } from '@/bench/list-people';
import { createDatabase, on } from '@/bench/many-sessions';
import type { Product } from '@/bench/product';
import { ms, type Row } from '@/bench/report';
import { migrate } from '@/db/migrate';

const MOST_MS = 50;
const PEOPLE = 100_000;
const TIMES = 30;

const CASES: (Omit<Question, 'times'> & { what: string })[] = [
  { what: 'first page by name', filter: {}, sort: 'name', deep: false },
  { what: 'page 2,401 by name', filter: {}, sort: 'name', deep: true },
  { what: 'page 2,401 by extension', filter: {}, sort: 'extension', deep: true },
  { what: 'page 2,401, newest first', filter: {}, sort: 'newest', deep: true },
  { what: 'search that finds one', filter: { q: 'person77777' }, sort: 'name', deep: false },
  { what: 'search that finds a thousandth', filter: { q: 'last7' }, sort: 'name', deep: false },
  { what: 'search of one letter that everybody has', filter: { q: 'p' }, sort: 'name', deep: false },
  { what: 'administrators', filter: { role: 'administrator' }, sort: 'name', deep: false },
];

/** The list of a tenant with 100,000 users at the server: its pages and its searches, under row security as in production. */
export async function measurePeople({ database }: Product): Promise<Row[]> {
  const { ownerUrl, appUrl, adminUrl } = await createDatabase(database, 'bench_people');
  await migrate(ownerUrl, appUrl);
  await on(adminUrl, async (sql) => {
    const [tenant] =
      await sql`insert into tenants (slug, account_id, name) values ('crowd', 'crowd', 'Crowd') returning id`;
    await sql`insert into policies (tenant_id) values (${tenant?.id})`;
    await sql`
      insert into users (tenant_id, username, extension, first_name, last_name, email, role, created_at)
      select ${tenant?.id}, 'person' || n, (10000 + n)::text, 'First' || n % 1009, 'Last' || n % 9973, 'p' || n || '@crowd.example',
        case when n % 5000 = 0 then 'administrator' else 'agent' end, now() - make_interval(secs => n)
      from generate_series(1, ${PEOPLE}::int) n`;
    await sql`
      insert into user_words (tenant_id, word, user_id)
      select u.tenant_id, w, u.id from users u, words_of_user(u.username, u.extension, u.first_name, u.last_name, u.email) as w`;
    await sql`analyze`;
  });
  const child = startChild<Question, Answer>('list-people.ts', {
    DATABASE_URL: appUrl,
    GATEHOUSE_SECRETS: database.secrets,
    PUBLIC_URL: 'https://gatehouse.test',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'no-reply@gatehouse.test',
  });
  const rows: Row[] = [];
  for (const { what, ...question } of CASES) {
    const { p50 } = await child.ask({ ...question, times: TIMES });
    const ratio = p50 / MOST_MS;
    rows.push({
      measure: `100,000 users: ${what}, p50`,
      value: ms(p50),
      peer: `promised ${ms(MOST_MS)}`,
      ratio,
      target: 'at most 1',
      met: ratio <= 1,
    });
  }
  await child.stop();
  return rows;
}
