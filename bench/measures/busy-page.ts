import type { Loader } from '@/bench/loader';
import type { People } from '@/bench/people';
import { ms, percentile, type Row } from '@/bench/report';

const MOST_TIMES_IDLE = 2;
const MOST_P99 = 100;
const CLIENTS = 16;
const EVERY_MS = 50;
const ROUNDS = 4;
const SECONDS = 6;
const PATHS = ['/home', '/settings/password'];

/**
 * How long a signed-in person waits for a page while 16 others sign in without pause, beside the
 * same with nobody else there.
 */
export async function measureBusyPage(people: People, crowd: Loader, person: Loader): Promise<Row[]> {
  const idle: number[] = [];
  const busy: number[] = [];
  const look = () => person.run({ requests: PATHS.map(people.page), seconds: SECONDS, everyMs: EVERY_MS });
  await person.warm({ requests: PATHS.map(people.page) });
  await crowd.warm({ requests: people.signIns, clients: CLIENTS });
  for (let round = 0; round < ROUNDS; round++) {
    idle.push(...(await look()).latencies);
    const [seen] = await Promise.all([
      look(),
      crowd.run({ requests: people.signIns, seconds: SECONDS, clients: CLIENTS }),
    ]);
    busy.push(...seen.latencies);
  }
  const [half, most] = [50, 99].map((share) => ({ idle: percentile(idle, share), busy: percentile(busy, share) }));
  if (!half || !most) throw new Error('nothing was measured');
  return [
    {
      measure: `a page while ${CLIENTS} clients sign in, p50`,
      value: ms(half.busy),
      peer: `idle ${ms(half.idle)}`,
      ratio: half.busy / half.idle,
      target: `at most ${MOST_TIMES_IDLE} times idle`,
      met: half.busy / half.idle <= MOST_TIMES_IDLE,
    },
    {
      measure: `a page while ${CLIENTS} clients sign in, p99`,
      value: ms(most.busy),
      peer: `idle ${ms(most.idle)}`,
      ratio: most.busy / most.idle,
      target: `under ${MOST_P99} ms`,
      met: most.busy < MOST_P99,
    },
  ];
}
