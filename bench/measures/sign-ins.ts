import os from 'node:os';
import { type Child, startChild } from '@/bench/child';
import type { Loader } from '@/bench/loader';
import { cpuSeconds, ownCpuSeconds } from '@/bench/machine';
import type { People } from '@/bench/people';
import type { Product } from '@/bench/product';
import { median, ms, perSecond, type Row } from '@/bench/report';
import { PASSWORD } from '@/tests/support/users';

const TARGET = 0.7;
const CLIENTS = 16;
const ROUNDS = 4;
const SECONDS = 3;

type Alone = { made: number; seconds: number; port: number };
type Hashing = Child<
  { kind: 'alone' | 'serve'; stored: string; password: string; seconds?: number; atOnce?: number },
  Alone
>;
/**
 * `cpu`: what all processes together spent on one sign-in, in milliseconds; `server`: what of it
 * the server's own process spent.
 */
type Round = { rate: number; cpu: number; server: number };

/**
 * Password sign-ins against what the machine's argon2id alone allows, and against the barest server
 * that hashes.
 */
export async function measureSignIns(product: Product, people: People, loader: Loader): Promise<Row[]> {
  const hashing: Hashing = startChild('argon2-alone.mjs', { UV_THREADPOOL_SIZE: String(os.availableParallelism()) });
  const stored = await storedHash(product);
  const { port } = await hashing.ask({ kind: 'serve', stored, password: PASSWORD });
  const bare = people.signIns.map((request) => ({ ...request, port }));
  const subjects = {
    alone: () => hashAlone(hashing, stored),
    bare: () => press(loader, bare, hashing.pid),
    product: () => press(loader, people.signIns, product.pid, product.postmaster),
  };
  const rounds = { alone: [] as Round[], bare: [] as Round[], product: [] as Round[] };
  await subjects.alone();
  for (const requests of [bare, people.signIns]) await loader.warm({ requests, clients: CLIENTS });
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['alone', 'bare', 'product'] as const) rounds[name].push(await subjects[name]());
  }
  await hashing.stop();
  // Against hashing alone in the same round: other work on this machine comes and goes.
  const share = (of: Round[]) => median(of.map(({ rate }, at) => rate / (rounds.alone[at]?.rate ?? Number.NaN)));
  const shares = { bare: share(rounds.bare), product: share(rounds.product) };
  return rowsOf(middle(rounds.alone), middle(rounds.bare), middle(rounds.product), shares);
}

function rowsOf(alone: Round, bare: Round, product: Round, shares: { bare: number; product: number }): Row[] {
  return [
    {
      measure: `password sign-ins, ${CLIENTS} clients`,
      value: perSecond(product.rate),
      peer: `argon2id alone ${perSecond(alone.rate)}`,
      ratio: shares.product,
      target: `${TARGET} or more`,
      met: shares.product >= TARGET,
    },
    {
      measure: 'the same by CPU, clients and database included',
      value: ms(product.cpu),
      peer: `argon2id alone ${ms(alone.cpu)}`,
      ratio: alone.cpu / product.cpu,
    },
    { measure: 'of it in the server process', value: ms(product.server) },
    {
      measure: 'a bare node:http server that hashes',
      value: perSecond(bare.rate),
      peer: `argon2id alone ${perSecond(alone.rate)}`,
      ratio: shares.bare,
    },
  ];
}

async function hashAlone(hashing: Hashing, stored: string): Promise<Round> {
  const before = ownCpuSeconds(hashing.pid);
  const { made, seconds } = await hashing.ask({
    kind: 'alone',
    stored,
    password: PASSWORD,
    seconds: SECONDS,
    atOnce: CLIENTS,
  });
  const cpu = ((ownCpuSeconds(hashing.pid) - before) * 1000) / made;
  return { rate: made / seconds, cpu, server: cpu };
}

async function press(loader: Loader, requests: People['signIns'], server: number, database?: number): Promise<Round> {
  const roots = [loader.pid, server, ...(database ? [database] : [])];
  const before = { all: cpuSeconds(...roots), server: ownCpuSeconds(server) };
  const { latencies, seconds } = await loader.run({ requests, seconds: SECONDS, clients: CLIENTS });
  const each = (spent: number) => (spent * 1000) / latencies.length;
  return {
    rate: latencies.length / seconds,
    cpu: each(cpuSeconds(...roots) - before.all),
    server: each(ownCpuSeconds(server) - before.server),
  };
}

function middle(rounds: Round[]): Round {
  const of = (name: keyof Round) => median(rounds.map((round) => round[name]));
  return { rate: of('rate'), cpu: of('cpu'), server: of('server') };
}

async function storedHash({ admin }: Product) {
  const [row] = await admin`select hash from passwords limit 1`;
  return String(row?.hash);
}
