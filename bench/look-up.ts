import { sessionAt, UNBOUND_JOIN, UNBOUND_LOOK_UP } from '@/bench/many-sessions';
import { median } from '@/bench/report';
import { statement } from '@/db';
import { hashToken } from '@/lib/crypto';
import { findSession } from '@/lib/sessions';

/** A process of its own for each database, because lib knows one: it looks sessions up as a request does, one after the other. */

export type Question = { way: keyof typeof ways; times: number; among: number };
export type Answer = { p50: number };

const ways = {
  /** As every request does. */
  product: (tenant: string, token: string) => findSession({ kind: 'tenant', slug: tenant }, token, false),
  /** The same function, but owned by a role that row security does not bind. */
  unbound: (tenant: string, token: string) => statement(UNBOUND_LOOK_UP, [tenant, hashToken(token)]),
  /** A join of the four tables by a role that row security does not bind. */
  join: (tenant: string, token: string) => statement(UNBOUND_JOIN, [tenant, hashToken(token)]),
};

process.on('disconnect', () => process.exit(0));
process.on('message', async (question: Question) => process.send?.(await answer(question)));

async function answer({ way, times, among }: Question): Promise<Answer> {
  const latencies: number[] = [];
  for (let time = 0; time < times; time++) {
    const { tenant, token } = sessionAt(1 + Math.floor(Math.random() * among));
    const started = performance.now();
    const found = await ways[way](tenant, token);
    latencies.push(performance.now() - started);
    if (!found) throw new Error('a session was not found');
  }
  return { p50: median(latencies) };
}
