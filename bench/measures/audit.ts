import type { Answer, Question } from '@/bench/audit';
import { startOnDatabase } from '@/bench/child';
import { fillTrail } from '@/bench/many-events';
import type { Database } from '@/bench/product';
import { ms, type Row } from '@/bench/report';

const EVENTS = 10_000_000;
const MOST_MS = 100;
const TIMES = 60;

const WAYS: Question['way'][] = [
  'newest',
  'somewhere in between',
  'one person',
  'a frequent event',
  'a rare event',
  'a busy address',
  'a rare event from a busy address',
  'two frequent filters that never meet',
  'person, event and days',
];

/** A page of the trail of one tenant that has ten million events, whatever is asked for. */
export async function measureAudit(database: Database, tell: (what: string) => void): Promise<Row[]> {
  const { appUrl } = await fillTrail(database, EVENTS, (done) => tell(`${done.toLocaleString('en')} events`));
  const child = startOnDatabase<Question, Answer>('audit.ts', appUrl, database);
  const rows: Row[] = [];
  for (const way of WAYS) {
    await child.ask({ way, times: 3 });
    const { p50, p95 } = await child.ask({ way, times: TIMES });
    rows.push({
      measure: `audit page among 10,000,000 events: ${way}, p95`,
      value: ms(p95),
      peer: `p50 ${ms(p50)}`,
      target: `under ${MOST_MS} ms`,
      met: p95 < MOST_MS,
    });
  }
  await child.stop();
  return rows;
}
