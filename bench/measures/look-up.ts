import { startChild } from '@/bench/child';
import type { Answer, Question } from '@/bench/look-up';
import { fillDatabases } from '@/bench/many-sessions';
import type { Product } from '@/bench/product';
import { median, ms, type Row } from '@/bench/report';

const MOST = 1.1;
const FEW = 1_000;
const MANY = 1_000_000;
const ROUNDS = 9;
const TIMES = 500;

/** The look-up that every request begins with: whether it grows with the sessions there are, and what row security costs it. */
export async function measureLookUp({ database }: Product): Promise<Row[]> {
  const { small, large } = await fillDatabases(database, FEW, MANY);
  const children = [small.appUrl, large.appUrl, large.adminUrl].map((url) =>
    startChild<Question, Answer>('look-up.ts', {
      DATABASE_URL: url,
      GATEHOUSE_SECRETS: database.secrets,
      PUBLIC_URL: 'https://gatehouse.test',
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'no-reply@gatehouse.test',
    }),
  );
  const [few, many, unbound] = children;
  if (!few || !many || !unbound) throw new Error('no process to look up with');
  const subjects = [
    { child: few, way: 'product', among: FEW },
    { child: many, way: 'product', among: MANY },
    { child: unbound, way: 'unbound', among: MANY },
    { child: unbound, way: 'join', among: MANY },
  ] as const;
  const p50s = subjects.map(() => [] as number[]);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, { child, way, among }] of subjects.entries()) {
      const { p50 } = await child.ask({ way, among, times: TIMES });
      // The first round warms up.
      if (round > 0) p50s[at]?.push(p50);
    }
  }
  await Promise.all(children.map((child) => child.stop()));
  const [inFew = Number.NaN, inMany = Number.NaN, without = Number.NaN, join = Number.NaN] = p50s.map(median);
  return [
    row('session look-up among 1,000,000 sessions, p50', inMany, 'among 1,000', inFew),
    row('the same under row security', inMany, 'a plain join without it', join),
    {
      ...row('the same under row security', inMany, 'the same function without it', without),
      target: '',
      met: undefined,
    },
  ];
}

function row(measure: string, value: number, beside: string, peer: number): Row {
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
