import { CHAIN, personAt } from '@/bench/many-events';
import { percentile } from '@/bench/report';
import type { AuditFilter } from '@/lib/audit/filter';
import { listAudit } from '@/lib/audit/list';
import { namesIn } from '@/lib/audit/names';
import { days } from '@/lib/time';

/**
 * A process of its own, because lib knows one database: it reads pages of the trail as the audit
 * page does, one after the other.
 */

export type Question = { way: keyof typeof ways; times: number };
export type Answer = { p50: number; p95: number; events: number };

const day = (ago: number) => new Date(Date.now() - days(ago)).toISOString().slice(0, 10);

const ways = {
  newest: () => ({}),
  'somewhere in between': (n: number) => ({ to: day(n % 400) }),
  'one person': (n: number) => ({ person: personAt(n * 7) }),
  'a frequent event': (n: number) => ({ events: ['authn_login_fail'], to: day(n % 400) }),
  'a rare event': () => ({ events: ['user_disable'] }),
  'a busy address': (n: number) => ({ address: '203.0.113.1', to: day(n % 400) }),
  'a rare event from a busy address': () => ({ address: '203.0.113.1', events: ['user_disable'] }),
  'two frequent filters that never meet': () => ({
    address: '203.0.113.1',
    events: ['authn_login_lock', 'authn_unlock'],
  }),
  'person, event and days': (n: number) => ({
    person: personAt(n),
    events: ['authn_login_fail'],
    from: day(300),
    to: day(10),
  }),
} satisfies Record<string, (n: number) => AuditFilter>;

process.on('disconnect', () => process.exit(0));
process.on('message', async (question: Question) => process.send?.(await answer(question)));

async function answer({ way, times }: Question): Promise<Answer> {
  const latencies: number[] = [];
  let events = 0;
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    const page = await listAudit(CHAIN, ways[way](time * 37), { limit: 50 });
    await namesIn(CHAIN, page.events);
    latencies.push(performance.now() - started);
    events = page.events.length;
  }
  return { p50: percentile(latencies, 50), p95: percentile(latencies, 95), events };
}
