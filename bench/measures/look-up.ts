import { startOnDatabase } from '@/bench/child';
import type { Answer, Question } from '@/bench/look-up';
import { fillDatabases } from '@/bench/many-sessions';
import type { Database } from '@/bench/product';
import { median, ms, type Row } from '@/bench/report';

const MOST = 1.1;
const FEW = 1_000;
const MANY = 1_000_000;
const CONNECTIONS = 4;
const ROUNDS = 3;
const TIMES = 400;

/**
 * The look-up that every request begins with: whether it grows with the sessions there are, and
 * what row security costs it.
 */
export async function measureLookUp(database: Database): Promise<Row[]> {
  const { small, large } = await fillDatabases(database, FEW, MANY);
  const start = (url: string) => startOnDatabase<Question, Answer>('look-up.ts', url, database);
  const p50s = {
    few: [] as number[],
    many: [] as number[],
    bound: [] as number[],
    unbound: [] as number[],
    join: [] as number[],
  };
  // One connection is a tenth slower than the next for as long as it lives, so several are asked.
  for (let connection = 0; connection < CONNECTIONS; connection++) {
    const [few, many, admin] = [start(small.appUrl), start(large.appUrl), start(large.adminUrl)];
    for (let round = 0; round <= ROUNDS; round++) {
      const ofFew = await few.ask({ asked: ['product'], among: FEW, times: TIMES });
      const ofMany = await many.ask({ asked: ['product'], among: MANY, times: TIMES });
      const ofRole = await admin.ask({ asked: ['bound', 'unbound', 'join'], among: MANY, times: TIMES });
      // The first round warms up.
      if (round === 0) continue;
      p50s.few.push(ofFew.product ?? Number.NaN);
      p50s.many.push(ofMany.product ?? Number.NaN);
      for (const way of ['bound', 'unbound', 'join'] as const) p50s[way].push(ofRole[way] ?? Number.NaN);
    }
    await Promise.all([few, many, admin].map((child) => child.stop()));
  }
  const [few, many, bound, unbound, join] = [p50s.few, p50s.many, p50s.bound, p50s.unbound, p50s.join].map(median);
  return [
    row('session look-up among 1,000,000 sessions, p50', many, 'among 1,000', few),
    row('the same under row security', bound, 'the same without it', unbound),
    { ...row('the same under row security', bound, 'a plain join without it', join), target: '', met: undefined },
  ];
}

function row(measure: string, value = Number.NaN, beside = '', peer = Number.NaN): Row {
  const ratio = value / peer;
  return {
    measure,
    value: ms(value),
    peer: `${beside} ${ms(peer)}`,
    ratio,
    target: `at most ${MOST}`,
    met: ratio <= MOST,
  };
}
