import { startOnDatabase } from '@/bench/child';
import type { Answer, Question } from '@/bench/list-people';
import { fillCrowd, PEOPLE } from '@/bench/many-people';
import type { Database } from '@/bench/product';
import { ms, type Row } from '@/bench/report';

const MOST_MS = 50;
const TIMES = 40;

const CASES: (Omit<Question, 'times'> & { what: string })[] = [
  { what: 'first page by name', filter: {}, sort: 'name', deep: false },
  { what: 'page 2,401 by name', filter: {}, sort: 'name', deep: true },
  { what: 'page 2,401 by extension', filter: {}, sort: 'extension', deep: true },
  { what: 'page 2,401, newest first', filter: {}, sort: 'newest', deep: true },
  { what: 'page 2,401 by last sign-in', filter: {}, sort: 'signedIn', deep: true },
  { what: 'search that finds one', filter: { q: 'person77777' }, sort: 'name', deep: false },
  { what: 'search that finds a hundredth', filter: { q: 'last77' }, sort: 'name', deep: false },
  { what: 'search that finds a tenth, far down the list', filter: { q: 'last7' }, sort: 'name', deep: false },
  { what: 'search of one letter that everybody has', filter: { q: 'p' }, sort: 'name', deep: false },
  { what: 'search of two words', filter: { q: 'first10 last7' }, sort: 'extension', deep: false },
  { what: 'administrators', filter: { role: 'administrator' }, sort: 'name', deep: false },
  { what: 'page 2,401 of agents', filter: { role: 'agent' }, sort: 'newest', deep: true },
  { what: 'page 1,601 of the active', filter: { status: 'active' }, sort: 'extension', deep: true },
  { what: 'disabled', filter: { status: 'disabled' }, sort: 'newest', deep: false },
  { what: 'invited', filter: { status: 'invited' }, sort: 'name', deep: false },
  { what: 'never signed in', filter: { status: 'waiting' }, sort: 'extension', deep: false },
  { what: 'locked', filter: { status: 'locked' }, sort: 'name', deep: false },
  { what: 'with a second factor', filter: { factor: 'on' }, sort: 'name', deep: true },
  { what: 'without a second factor', filter: { factor: 'off' }, sort: 'signedIn', deep: false },
  { what: 'without e-mail', filter: { email: 'none' }, sort: 'name', deep: false },
  { what: 'with a shared e-mail', filter: { email: 'shared' }, sort: 'name', deep: false },
  {
    what: 'three filters and a word',
    filter: { q: 'last7', role: 'agent', status: 'active', factor: 'off' },
    sort: 'signedIn',
    deep: false,
  },
];

/**
 * The list of a tenant with 100,000 users at the server: its pages and its searches, under row
 * security as in production.
 */
export async function measurePeople(database: Database): Promise<Row[]> {
  const { appUrl } = await fillCrowd(database);
  const child = startOnDatabase<Question, Answer>('list-people.ts', appUrl, database);
  const rows: Row[] = [];
  for (const { what, ...question } of CASES) {
    const { p50, p95 } = await child.ask({ ...question, times: TIMES });
    rows.push({
      measure: `${PEOPLE.toLocaleString('en')} users: ${what}, p95`,
      value: ms(p95),
      peer: `p50 ${ms(p50)}`,
      target: `under ${MOST_MS} ms`,
      met: p95 < MOST_MS,
    });
  }
  await child.stop();
  return rows;
}
