import { LOOK_UP, sessionAt, UNBOUND_JOIN, UNBOUND_LOOK_UP } from '@/bench/many-sessions';
import { median } from '@/bench/report';
import { statement } from '@/db';
import { hashToken } from '@/lib/crypto';
import { findSession } from '@/lib/sessions/find';

/**
 * A process of its own for each database, because lib knows one: it looks sessions up as a request
 * does, one after the other.
 */

export type Way = keyof typeof ways;
export type Question = { asked: Way[]; times: number; among: number };
/** The median of each way, in milliseconds. */
export type Answer = Record<string, number>;

const ways = {
  /** As every request does. */
  product: (tenant: string, token: string) => findSession({ kind: 'tenant', slug: tenant }, token, false),
  /** Its statement alone. */
  bound: (tenant: string, token: string) => statement(LOOK_UP, [tenant, hashToken(token)]),
  /** The same function, but owned by a role that row security does not bind. */
  unbound: (tenant: string, token: string) => statement(UNBOUND_LOOK_UP, [tenant, hashToken(token)]),
  /** A join of the four tables by a role that row security does not bind. */
  join: (tenant: string, token: string) => statement(UNBOUND_JOIN, [tenant, hashToken(token)]),
};

process.on('disconnect', () => process.exit(0));
process.on('message', async (question: Question) => process.send?.(await answer(question)));

/** The ways take turns: what else the machine does meets all of them alike. */
async function answer({ asked, times, among }: Question): Promise<Answer> {
  const latencies = new Map(asked.map((way) => [way, [] as number[]]));
  for (let time = 0; time < times; time++) {
    for (let at = 0; at < asked.length; at++) {
      const way = asked[(time + at) % asked.length] ?? 'product';
      const { tenant, token } = sessionAt(1 + Math.floor(Math.random() * among));
      const started = performance.now();
      const found = await ways[way](tenant, token);
      latencies.get(way)?.push(performance.now() - started);
      if (!found) throw new Error('a session was not found');
    }
  }
  return Object.fromEntries([...latencies].map(([way, all]) => [way, median(all)]));
}
