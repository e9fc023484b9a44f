import { type Child, startChild } from '@/bench/child';
import type { Peer } from '@/bench/peer';
import type { PhoneAnswer } from '@/bench/phone';
import { kilobytes, median, ms, percentile, type Row } from '@/bench/report';

const ROUNDS = 8;
const SLOWEST_MS = 2000;
const MOST_SCRIPT = 90 * 1024;

/**
 * From Sign in pressed to a registered phone, with a real SIP server, and the JavaScript that the
 * Phone tab takes.
 */
export async function measurePhone(peer: Peer): Promise<Row[]> {
  const child: Child<{ emptyPage: string; rounds: number }, PhoneAnswer> = startChild('phone.ts');
  const { ready, scripts, base } = await child
    .ask({ emptyPage: `http://127.0.0.1:${peer.port}/`, rounds: ROUNDS })
    .finally(() => child.stop());
  const half = median(ready);
  return [
    {
      measure: `from Sign in pressed to a ready phone, p50 of ${ROUNDS}`,
      value: ms(half),
      peer: `slowest ${ms(percentile(ready, 100))}`,
      target: `under ${ms(SLOWEST_MS)}`,
      met: half < SLOWEST_MS,
    },
    {
      measure: 'Phone tab, JavaScript by gzip beyond an empty page',
      value: kilobytes(scripts - base),
      peer: `${kilobytes(scripts)} and ${kilobytes(base)}`,
      target: `under ${kilobytes(MOST_SCRIPT)}`,
      met: scripts - base < MOST_SCRIPT,
    },
  ];
}
